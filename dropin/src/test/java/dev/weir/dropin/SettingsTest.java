// SPDX-License-Identifier: Apache-2.0
package dev.weir.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of several configurations the one nearest to the application counts. */
class SettingsTest {

    @TempDir
    Path base;

    private final FakeContext application = new FakeContext();
    private final Properties properties = new Properties();

    private String found() {
        return new Settings(application.get(), properties).configuration().orElse("none");
    }

    private Path fileAt(String property, String relative) throws IOException {
        Path home = base.resolve(property);
        Path file = home.resolve(relative);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "");
        properties.setProperty(property, home.toString());
        return file;
    }

    @Test
    void nothing_isFoundWhereThereIsNothing() {
        properties.setProperty("catalina.base", base.toString());
        properties.setProperty("jetty.base", base.toString());
        assertThat(found()).isEqualTo("none");
        assertThat(new Settings(application.get(), properties).lookedFor())
                .contains("the context-param weir.config, /WEB-INF/weir.yaml, the system property weir.config")
                .endsWith(", " + base.resolve("conf/weir.yaml") + ", " + base.resolve("etc/weir.yaml"));
    }

    @Test
    void nearerOne_comesBeforeEachThatIsFarther() throws IOException {
        Path jetty = fileAt("jetty.base", "etc/weir.yaml");
        assertThat(found()).isEqualTo(jetty.toString());
        Path tomcat = fileAt("catalina.base", "conf/weir.yaml");
        assertThat(found()).isEqualTo(tomcat.toString());
        properties.setProperty("weir.config", " /etc/weir.yaml ");
        assertThat(found()).isEqualTo("/etc/weir.yaml");
        application.withFile();
        assertThat(found()).isEqualTo("/WEB-INF/weir.yaml");
        application.param("weir.config", "classpath:limits.yaml");
        assertThat(found()).isEqualTo("classpath:limits.yaml");
    }

    @Test
    void blank_namesNothing() {
        application.param("weir.config", " ");
        properties.setProperty("weir.config", "");
        assertThat(found()).isEqualTo("none");
    }

    /** To find nothing there silently would leave an application without limits. */
    @Test
    void fileThatIsNamedAndMissing_isStillTheOne() {
        properties.setProperty("weir.config", base.resolve("missing.yaml").toString());
        assertThat(found()).isEqualTo(base.resolve("missing.yaml").toString());
    }
}

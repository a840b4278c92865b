// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContainerInitializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.xnio.Options;

/** The Java of docs/install/undertow.md, with the class of the JAR and the place of the file handed in. */
final class UndertowPage {

    private UndertowPage() {}

    static DeploymentInfo filter(Class<? extends Filter> type, String file) {
        DeploymentInfo info = Servlets.deployment()
                // ... your application
                .setEagerFilterInit(true)
                .addFilter(Servlets.filter("weir", type).setAsyncSupported(true).addInitParam("config", file))
                .addFilterUrlMapping("weir", "/*", DispatcherType.REQUEST);
        return info;
    }

    static DeploymentInfo initializer(Class<? extends ServletContainerInitializer> type, String file) {
        DeploymentInfo info = Servlets.deployment();
        info.setEagerFilterInit(true)
                .addInitParameter("weir.config", file)
                .addServletContainerInitializer(new ServletContainerInitializerInfo(type, Set.of()));
        return info;
    }

    static Undertow.Builder server() {
        return Undertow.builder()
                .setSocketOption(Options.READ_TIMEOUT, 10_000) // ms; org.xnio.Options
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, 2L << 20); // what Undertow has by default
    }

    /** Fails unless every block of Java on the page stands in this class. */
    static void assertIsThePage() throws IOException {
        String here = squeeze(Files.readString(Path.of(
                System.getProperty("weir.root"),
                "container-tests/src/test/java/dev/weir/containers/UndertowPage.java")));
        List<String> blocks = Page.of("undertow").blocks("java");
        assertThat(blocks).hasSize(3).allSatisfy(block -> assertThat(here).contains(squeeze(block)));
    }

    private static String squeeze(String code) {
        return code.replaceAll("//.*", "")
                .replaceAll("(RateLimitFilter|WeirInitializer)\\.class", "type")
                .replace("\"/etc/shop/weir.yaml\"", "file")
                .replaceAll("\\s+", "");
    }
}

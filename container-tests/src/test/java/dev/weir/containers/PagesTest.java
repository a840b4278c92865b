// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who does what the pages of docs/install say has limits. */
@Tag("containers")
class PagesTest {

    private static final String PLACE_OF_AUTHENTICATION =
            "<!-- here the <filter> and <filter-mapping> that authenticate -->";

    @TempDir
    Path folder;

    /** What somebody has who has built the JAR. */
    private Path downloads() throws Exception {
        Path downloads = Files.createDirectory(folder.resolve("downloads"));
        Files.copy(Jars.dropIn(), downloads.resolve(Jars.dropIn().getFileName().toString()));
        return downloads;
    }

    private static void assertLimited(Running container, String limit) {
        var answer = container.get("/shop/hello");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("X-RateLimit-Limit")).hasValue(limit);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = "TOMCAT.*")
    void tomcatsPage(Distribution distribution) throws Exception {
        Path base = Files.createDirectory(folder.resolve("tomcat"));
        Page off = Page.of("tomcat").section("Off");
        Installation tomcat = distribution
                .install(base)
                .deploy(WebApp.named("shop"))
                .deploy(WebApp.named("skipped").withFile("META-INF/context.xml", off.block("xml")));
        Page.run(Page.of("tomcat").block("sh"), downloads(), Map.of("CATALINA_BASE", base.toString()));
        try (Running container = tomcat.start()) {
            assertLimited(container, "10");
            var skipped = container.get("/skipped/hello");
            assertThat(skipped.statusCode()).isEqualTo(200);
            assertThat(skipped.headers().firstValue("X-RateLimit-Limit")).isEmpty();
            assertThat(container.log())
                    .contains("/shop: Weir limits this application by " + base.resolve("conf/weir.yaml"))
                    .doesNotContain("/skipped: Weir");
            assertThat(container.alarms()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = "JETTY.*")
    void jettysPage(Distribution distribution) throws Exception {
        Path base = Files.createDirectory(folder.resolve("jetty"));
        Installation jetty = distribution.install(base).deploy(WebApp.named("shop"));
        String environment = distribution.name().endsWith("EE11") ? "ee11" : "ee10";
        Page.run(
                Page.of("jetty").block("sh").replace("ee10", environment),
                folder,
                Map.of(
                        "JETTY_BASE", base.toString(),
                        "JETTY_HOME", distribution.home().toString(),
                        "JAR_FOLDER", downloads().toString()));
        try (Running container = jetty.start()) {
            assertLimited(container, "10");
            assertThat(container.log())
                    .contains("/shop: Weir limits this application by " + base.resolve("etc/weir.yaml"));
            assertThat(container.alarms()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void pageOfWebXml(Distribution distribution) throws Exception {
        WebApp shop = WebApp.named("shop")
                .withJar()
                .withConfiguration("rules: [{name: api, path: /**, per: ip, rate: 33/hour}]")
                .describe(Page.of("web-xml").block("xml"));
        try (Running container = distribution.install(folder).deploy(shop).start()) {
            assertLimited(container, "33");
            assertThat(container.log()).contains("it has the filter weir of its own");
            assertThat(container.alarms()).isEmpty();
        }
    }

    /** The page's two filters, with one that authenticates where its comment says. */
    @ParameterizedTest
    @EnumSource
    void pageOfWebXml_twoStages(Distribution distribution) throws Exception {
        String filters = Page.of("web-xml").section("Two stages").block("xml");
        assertThat(filters).containsOnlyOnce(PLACE_OF_AUTHENTICATION);
        WebApp shop = WebApp.named("shop")
                .withJar()
                .withConfiguration(Page.of("tomcat")
                        .section("Where a filter of the application authenticates")
                        .block("yaml"))
                .describe(filters.replace(PLACE_OF_AUTHENTICATION, EdgeTest.AUTHENTICATES));
        try (Running container = distribution.install(folder).deploy(shop).start()) {
            for (int i = 0; i < 5; i++) {
                assertThat(container.get("/shop/hello").statusCode()).isEqualTo(401);
            }
            assertThat(container.get("/shop/hello").statusCode()).isEqualTo(429);
            assertThat(container.alarms()).isEmpty();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The JAR in an application: it limits where it should, steps back where it should, and nobody warns of it. */
@Tag("containers")
class DropInTest {

    private static final String FILTER = "<filter><filter-name>%s</filter-name><filter-class>"
            + "dev.weir.servlet.RateLimitFilter</filter-class><async-supported>true</async-supported><init-param>"
            + "<param-name>config</param-name><param-value>/WEB-INF/own.yaml</param-value></init-param></filter>"
            + "<filter-mapping><filter-name>%1$s</filter-name><url-pattern>/*</url-pattern>"
            + "<dispatcher>REQUEST</dispatcher></filter-mapping>";

    @TempDir
    Path folder;

    private static WebApp limited(String name, int limit) {
        return WebApp.named(name).withJar().withConfiguration(rule(limit));
    }

    private static String rule(int limit) {
        return "rules: [{name: api, path: /**, per: ip, rate: " + limit + "/hour, concurrent: 50}]\n";
    }

    private static String limit(HttpResponse<String> answer) {
        assertThat(answer.body()).isEqualTo("hello null");
        return answer.headers().firstValue("X-RateLimit-Limit").orElse("none");
    }

    @ParameterizedTest
    @EnumSource
    void jarInAnApplication_doesWhatTheApplicationSays(Distribution distribution) throws Exception {
        Installation installation = distribution
                .install(folder)
                .deploy(limited("ROOT", 1))
                .deploy(limited("complete", 2).metadataComplete())
                .deploy(limited("unordered", 3).describe("<absolute-ordering/>"))
                .deploy(limited("ordered", 4).describe("<absolute-ordering><name>weir</name></absolute-ordering>"))
                .deploy(limited("byhand", 5)
                        .withFile("WEB-INF/own.yaml", rule(50))
                        .describe(FILTER.formatted("weir")))
                .deploy(limited("byclass", 6)
                        .withFile("WEB-INF/own.yaml", rule(60))
                        .describe(FILTER.formatted("limits")))
                .deploy(limited("off", 7).withContextParam("weir.enabled", "false"))
                .deploy(WebApp.named("none").withJar())
                .deploy(WebApp.named("param")
                        .withJar()
                        .withConfiguration("this file is not looked at")
                        .withContextParam("weir.config", "classpath:limits.yaml")
                        .withFile("WEB-INF/classes/limits.yaml", rule(9)));
        try (Running container = installation.start()) {
            assertThat(limit(container.get("/complete/hello"))).isEqualTo("2");
            assertThat(limit(container.get("/unordered/hello"))).isEqualTo("none");
            assertThat(limit(container.get("/ordered/hello"))).isEqualTo("4");
            assertThat(limit(container.get("/byhand/hello"))).isEqualTo("50");
            assertThat(container.get("/byclass/hello").headers().firstValue("X-RateLimit-Remaining"))
                    .as("not doubled")
                    .hasValue("59");
            assertThat(limit(container.get("/off/hello"))).isEqualTo("none");
            assertThat(limit(container.get("/none/hello"))).isEqualTo("none");
            assertThat(limit(container.get("/param/hello"))).isEqualTo("9");
            assertRefusesTheSecond(container);
            assertThat(container.log())
                    .contains("/none: Weir limits nothing: there is no configuration; looked for the context-param"
                            + " weir.config, /WEB-INF/weir.yaml, the system property weir.config, ")
                    .contains("/off: Weir limits nothing: the context-param weir.enabled is false")
                    .contains("/byhand: Weir leaves this application alone: it has the filter weir of its own")
                    .contains("/byclass: Weir leaves this application alone: it has the filter limits of its own")
                    .contains("/complete: Weir limits this application by /WEB-INF/weir.yaml");
            assertThat(container.alarms()).isEmpty();
        }
    }

    private static void assertRefusesTheSecond(Running container) {
        assertThat(limit(container.get("/hello"))).isEqualTo("1");
        HttpResponse<String> refused = container.get("/hello");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        for (String method : new String[] {"GET", "POST"}) {
            HttpResponse<String> again = container.sendByHttp2(method, "/hello");
            assertThat(again.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(again.statusCode()).isEqualTo(429);
            assertThat(again.body()).contains("#quota-exceeded").contains("\"violated-policies\":[\"api\"]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void badConfiguration_stopsTheApplicationWithItsWholeMessage(Distribution distribution) throws Exception {
        Installation installation = distribution
                .install(folder)
                .deploy(WebApp.named("bad")
                        .withJar()
                        .withConfiguration("rules: [{name: api, path: /**, per: ip, rate: 20/minute}]\nstor: {}\n"))
                .deploy(WebApp.named("switch").withJar().withContextParam("weir.enabled", "maybe"))
                .deploy(WebApp.named("missing").withJar().withContextParam("weir.config", "/nowhere/weir.yaml"))
                .deploy(WebApp.named("good"));
        try (Running container = installation.start()) {
            assertThat(container.get("/bad/hello").statusCode()).isIn(404, 503);
            assertThat(container.get("/missing/hello").statusCode()).isIn(404, 503);
            assertThat(container.get("/switch/hello").statusCode()).isIn(404, 503);
            assertThat(container.get("/good/hello").statusCode()).isEqualTo(200);
            assertThat(container.log())
                    .contains("Weir cannot start: /WEB-INF/weir.yaml has 2 faults:")
                    .contains("\"minute\" is no period; use s, min, hour or day")
                    .contains("stor: unknown key; did you mean \"store\"?")
                    .contains("there is no such file; looked for /nowhere/weir.yaml")
                    .contains("weir.enabled must be true or false but was \"maybe\"");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.containers.app.TokenFilter;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The JAR before and behind a filter by which the application authenticates. */
@Tag("containers")
class EdgeTest {

    private static final String RULES = """
            rules:
              - {name: guesses, path: /**, per: ip, rate: 3/hour, count: [401], concurrent: 4}
              - {name: api, path: /**, per: user, rate: 9/hour}
            """;
    /** The part of a web.xml by which {@link TokenFilter} guards all of an application. */
    static final String AUTHENTICATES = "<filter><filter-name>tokens</filter-name><filter-class>"
            + TokenFilter.class.getName() + "</filter-class><async-supported>true</async-supported></filter>"
            + "<filter-mapping><filter-name>tokens</filter-name><url-pattern>/*</url-pattern></filter-mapping>";

    @TempDir
    Path folder;

    private static WebApp app(String name) {
        return WebApp.named(name).withJar().withConfiguration(RULES).describe(AUTHENTICATES);
    }

    private static HttpResponse<String> call(Running container, String app, String token) {
        return container.get("/" + app + "/hello", "Authorization", "Token " + token);
    }

    private static void assertSeesGuesses(Running container, String app) {
        HttpResponse<String> alice = call(container, app, "right-alice");
        assertThat(alice.body()).isEqualTo("hello alice");
        assertThat(alice.headers().firstValue("RateLimit").orElseThrow())
                .as("the numbers of both stages")
                .contains("\"guesses\";r=3", "\"api\";r=8");
        for (int i = 0; i < 3; i++) {
            assertThat(call(container, app, "wrong").statusCode()).isEqualTo(401);
        }
        HttpResponse<String> refused = call(container, app, "wrong");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).contains("\"violated-policies\":[\"guesses\"]");
    }

    private static void assertSeesNoGuess(Running container, String app) {
        for (int i = 0; i < 5; i++) {
            HttpResponse<String> wrong = call(container, app, "wrong");
            assertThat(wrong.statusCode()).as(app).isEqualTo(401);
            assertThat(wrong.headers().firstValue("RateLimit")).isEmpty();
        }
        assertThat(call(container, app, "right-alice")
                        .headers()
                        .firstValue("RateLimit")
                        .orElseThrow())
                .contains("\"guesses\";r=3", "\"api\";r=8");
    }

    @ParameterizedTest
    @EnumSource
    void edge_seesWhatTheApplicationTurnsAway(Distribution distribution) throws Exception {
        Installation installation = distribution
                .install(folder)
                .deploy(app("one"))
                .deploy(app("both").withContextParam("weir.edge", "true"));
        try (Running container = installation.start()) {
            assertSeesNoGuess(container, "one");
            assertSeesGuesses(container, "both");
            assertThat(container.log())
                    .contains(
                            "/both: Weir limits this application by /WEB-INF/weir.yaml, before and behind its filters");
            assertThat(container.alarms()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void systemProperty_countsForAllButThoseThatSayOtherwise(Distribution distribution) throws Exception {
        Installation installation = distribution
                .install(folder)
                .shareJar()
                .shareConfiguration(RULES)
                .option("-Dweir.edge=true")
                .deploy(WebApp.named("shop").describe(AUTHENTICATES))
                .deploy(WebApp.named("other").describe(AUTHENTICATES))
                .deploy(WebApp.named("one").describe(AUTHENTICATES).withContextParam("weir.edge", "false"));
        try (Running container = installation.start()) {
            assertSeesGuesses(container, "shop");
            assertSeesGuesses(container, "other");
            assertSeesNoGuess(container, "one");
            assertThat(container.alarms()).isEmpty();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every trick of security.md B1 on both containers, byte by byte: who reaches the servlet has met the rule. */
class PathTableTest {

    private static final String RULES = """
            rules:
              - {name: login, path: /api/login, per: ip, rate: 1000000/hour}
              - {name: below, path: /api/**, per: ip, rate: 1000000/hour}
              - {name: json, path: /**/*.json, per: ip, rate: 1000000/hour}
            """;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Containers.class)
    void exactMapping_isReachedOnlyThroughItsRule(Containers kind) throws Exception {
        assertNoWayAround(kind, "/api/login", "login");
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void prefixMapping_isReachedOnlyThroughItsRule(Containers kind) throws Exception {
        assertNoWayAround(kind, "/api/*", "below");
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void suffixMapping_isReachedOnlyThroughItsRule(Containers kind) throws Exception {
        assertNoWayAround(kind, "*.json", "json");
    }

    /** One servlet for all, which goes by the decoded path, as frameworks do. */
    @ParameterizedTest
    @EnumSource(Containers.class)
    void applicationThatRoutesByItself_isReachedOnlyThroughItsRule(Containers kind) throws Exception {
        assertNoWayAround(kind, "/", "login");
    }

    private void assertNoWayAround(Containers kind, String mapping, String rule) throws Exception {
        int reached = 0;
        List<String> variants = PathVariants.all();
        assertThat(variants).hasSizeGreaterThan(350);
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = kind.start(app(limiter, mapping), folder)) {
            for (String variant : variants) {
                for (String method : List.of("GET", "OPTIONS")) {
                    reached += isReached(container, method, variant, rule) ? 1 : 0;
                }
            }
        }
        System.out.println("PathTableTest: " + kind + " " + mapping + ": " + variants.size() + " variants, reached by "
                + reached + " requests");
        assertThat(reached).isGreaterThan(mapping.equals("*.json") ? 4 : 60);
    }

    private static WebApp app(RateLimiter limiter, String mapping) {
        WebApp app = new WebApp()
                .filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)
                .servlet(mapping, (request, response) -> {
                    String info = request.getPathInfo();
                    String path = request.getServletPath() + (info == null ? "" : info);
                    boolean routed = path.equals("/api/login") || path.equals("/api/login/");
                    boolean reached = routed || !mapping.equals("/");
                    response.setHeader("X-Reached", Boolean.toString(reached));
                    response.getWriter().print(reached ? "reached" : "no");
                });
        return mapping.equals("/") ? app : app.servlet("/", (request, response) -> response.setStatus(404));
    }

    private static boolean isReached(Container container, String method, String variant, String rule)
            throws IOException {
        Answer answer = Http.rawOf(container, method, variant);
        if (!answer.lines("X-Reached").equals(List.of("true"))) {
            assertThat(answer.body()).as("%s %s", method, variant).doesNotContain("reached");
            return false;
        }
        assertThat(answer.lines("RateLimit"))
                .as("%s %s", method, variant)
                .singleElement()
                .asString()
                .contains("\"" + rule + "\"");
        return true;
    }
}

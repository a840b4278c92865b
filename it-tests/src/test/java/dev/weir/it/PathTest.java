// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No spelling of a path walks around a rule: whenever the servlet was reached, the rule had applied. */
class PathTest {

    private static final String RULES = """
            rules:
              - {name: login, path: /api/login, per: ip, rate: 100000/hour}
              - {name: rest, path: /other/**, per: ip, rate: 100000/hour}
            """;
    private static final List<String> VARIANTS = Stream.concat(
                    Stream.of(
                            "/api/login?a=b",
                            "/api/login;x=1?a=b",
                            "/x/../api/login",
                            "/x/y/../../api/login",
                            "/..;/api/login",
                            "/x/..;y/api/login",
                            "//127.0.0.1/api/login",
                            "http://127.0.0.1/api/login",
                            "/%61%70%69/%6c%6f%67%69%6e",
                            "/api/%6Cogin",
                            "/api/log%69n;jsessionid=1"),
                    spellings())
            .toList();

    @TempDir
    Path folder;

    /** Every way to write each joint of the path. */
    private static Stream<String> spellings() {
        List<String> slashes = List.of(
                "/",
                "//",
                "///",
                "/./",
                "/.//",
                "/%2e/",
                "/x/../",
                "/x/%2e%2e/",
                "/x/.%2E/",
                ";/",
                ";v=1/",
                "/;/",
                "/;x=1/",
                "%2f",
                "%2F",
                "/%2f",
                "\\",
                "%5c",
                "/.;/",
                "/.;x=1/",
                "/x/..;/");
        List<String> ends = List.of(
                "",
                "/",
                "//",
                "/.",
                "/..",
                ";",
                ";x=1",
                ";x=1;y=2",
                "%00",
                "%20",
                ".",
                "%2e",
                "/;x=1",
                "%3b",
                "%3Bx",
                "%09",
                "?",
                "??",
                "%23");
        List<String> names =
                List.of("login", "%6cogin", "LOGIN", "Login", "l\u200bogin".replace("\u200b", "%e2%80%8b"));
        return slashes.stream()
                .flatMap(first -> names.stream().map(name -> first + "api/" + name))
                .flatMap(path -> Stream.concat(
                        Stream.of(path), slashes.stream().map(slash -> path.replace("api/", "api" + slash))))
                .flatMap(path -> path.contains("%6c") || path.contains("LOGIN")
                        ? Stream.of(path)
                        : ends.stream().map(path::concat))
                .filter(path -> path.startsWith("/"))
                .distinct()
                .filter(path -> path.hashCode() % 20 == 0 || path.length() < 13);
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void exactMapping_isNeverReachedWithoutTheRule(Containers kind) throws Exception {
        assertNoWayAround(kind, "/api/login", 20);
    }

    /** A servlet for a prefix, that goes by what is behind it. */
    @ParameterizedTest
    @EnumSource(Containers.class)
    void prefixMapping_isNeverReachedWithoutTheRule(Containers kind) throws Exception {
        assertNoWayAround(kind, "/api/*", 20);
    }

    private void assertNoWayAround(Containers kind, String pattern, int atLeast) throws Exception {
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = kind.start(
                        new WebApp()
                                .filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)
                                .servlet(pattern, (request, response) -> {
                                    String info = request.getPathInfo();
                                    String seen = request.getServletPath() + (info == null ? "" : info);
                                    boolean login = seen.equals("/api/login") || seen.equals("/api/login/");
                                    response.setStatus(login ? 200 : 404);
                                }),
                        folder)) {
            int reached = 0;
            for (String variant : VARIANTS) {
                reached += isReached(container, variant) ? 1 : 0;
            }
            assertThat(reached).isGreaterThanOrEqualTo(atLeast);
        }
    }

    private static boolean isReached(Container container, String variant) throws IOException {
        Answer answer = Http.raw(container, variant);
        if (answer.status() != 200) {
            return false;
        }
        assertThat(answer.lines("RateLimit"))
                .as(variant)
                .singleElement()
                .asString()
                .startsWith("\"login\"");
        return true;
    }
}

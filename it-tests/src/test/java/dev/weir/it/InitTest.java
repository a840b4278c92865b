// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.RateLimiter;
import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.DispatcherType;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The ways to give the filter its configuration, and what it says when that is wrong. */
class InitTest {

    private static final String GOOD = "rules: [{name: api, path: /**, per: ip, rate: 7/min}]\n";

    @TempDir
    Path folder;

    private Path root;
    private Path file;

    @BeforeEach
    void layOut() throws Exception {
        root = Files.createDirectories(folder.resolve("app"));
        Files.createDirectories(root.resolve("WEB-INF"));
        Files.writeString(root.resolve("WEB-INF/weir.yaml"), GOOD);
        file = Files.writeString(folder.resolve("own.yaml"), GOOD.replace("7/min", "8/min"));
        Files.writeString(folder.resolve("bad.yaml"), "rules: [{name: api, rate: many, speed: 3}]\n");
    }

    private Container start(Containers kind, Map<String, String> params) throws Exception {
        WebApp app = new WebApp()
                .root(root)
                .describedFilter(RateLimitFilter.class, params)
                .servlet("/", (request, response) -> response.getWriter().print("hello"));
        return kind.start(app, Files.createDirectories(folder.resolve("work")));
    }

    @ParameterizedTest
    @CsvSource({
        "TOMCAT, /WEB-INF/weir.yaml, 7",
        "TOMCAT, classpath:limits/weir-it.yaml, 9",
        "TOMCAT, classpath:/limits/weir-it.yaml, 9",
        "TOMCAT, FILE, 8",
        "JETTY, /WEB-INF/weir.yaml, 7",
        "JETTY, classpath:limits/weir-it.yaml, 9",
        "JETTY, classpath:/limits/weir-it.yaml, 9",
        "JETTY, FILE, 8",
    })
    void config_isFound(Containers kind, String location, String limit) throws Exception {
        Map<String, String> params = Map.of("config", location.equals("FILE") ? file.toString() : location);
        try (Container container = start(kind, params)) {
            Answer answer = Http.get(container, "/");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("X-RateLimit-Limit")).isEqualTo(limit);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/WEB-INF/none.yaml, there is no /WEB-INF/none.yaml",
        "classpath:none.yaml, there is no classpath:none.yaml",
        "NOWHERE, none.yaml: there is no such file",
        "BAD, speed",
        "'', needs the init-param config",
        "NONE, needs the init-param config",
    })
    void badConfig_stopsTheStartWithTheReason(String location, String message) {
        String value = switch (location) {
            case "NOWHERE" -> folder.resolve("none.yaml").toString();
            case "BAD" -> folder.resolve("bad.yaml").toString();
            default -> location;
        };
        Map<String, String> params = location.equals("NONE") ? Map.of() : Map.of("config", value);
        for (Containers kind : Containers.values()) {
            assertThat(whyNotStarted(kind, params))
                    .as(kind + " " + location)
                    .contains("Weir cannot start")
                    .contains(message);
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void unknownStage_stopsTheStartWithTheReason(Containers kind) {
        assertThat(whyNotStarted(kind, Map.of("config", file.toString(), "stage", "first")))
                .contains("Weir cannot start", "has the init-param stage \"first\"; it must be edge or identity");
    }

    /** Jetty throws what init has thrown; Tomcat logs it and does not start the application. */
    private String whyNotStarted(Containers kind, Map<String, String> params) {
        try (LogCapture log = LogCapture.ofAll()) {
            try (Container container = start(kind, params)) {
                return "it started on port " + container.port();
            } catch (Exception e) {
                StringWriter all = new StringWriter();
                e.printStackTrace(new PrintWriter(all, true));
                return log.texts(name -> name.startsWith("org.apache")) + all.toString();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void register_isOncePerContext(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(GOOD);
                RateLimiter other = Limiters.of(GOOD);
                Container container = kind.start(
                        new WebApp()
                                .step(context -> {
                                    assertThat(RateLimitFilter.register(context, limiter))
                                            .isNotNull();
                                    assertThatThrownBy(() -> RateLimitFilter.register(context, other))
                                            .isInstanceOf(IllegalStateException.class)
                                            .hasMessageContaining("weir");
                                })
                                .servlet(
                                        "/",
                                        (request, response) ->
                                                response.getWriter().print("hello")),
                        folder)) {
            assertThat(Http.get(container, "/").header("X-RateLimit-Remaining")).isEqualTo("6");
            assertThat(Http.get(container, "/").header("X-RateLimit-Remaining")).isEqualTo("5");
        }
    }

    /** A filter given its limiter asks for no init-param, and does not close what it does not own. */
    @ParameterizedTest
    @EnumSource(Containers.class)
    void limiter_outlivesItsFilter(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(GOOD)) {
            for (int i = 1; i <= 2; i++) {
                try (Container container = kind.start(
                        new WebApp()
                                .describedFilter(new RateLimitFilter(limiter))
                                .servlet(
                                        "/",
                                        (request, response) ->
                                                response.getWriter().print("hello")),
                        Files.createDirectories(folder.resolve("work" + i)))) {
                    assertThat(Http.get(container, "/").header("X-RateLimit-Remaining"))
                            .isEqualTo(Integer.toString(7 - i));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void filterThatWasNeverInitialised_letsRequestsPass(Containers kind) throws Exception {
        RateLimitFilter idle = new RateLimitFilter();
        try (Container container = kind.start(
                new WebApp()
                        .filter(
                                (request, response, chain) -> idle.doFilter(request, response, chain),
                                DispatcherType.REQUEST)
                        .servlet(
                                "/", (request, response) -> response.getWriter().print("hello")),
                folder)) {
            assertThat(Http.get(container, "/").status()).isEqualTo(200);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.containers.app.ShapesServlet;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One request is one charge and one place in flight, whatever is dispatched, however the filter came before the application.
 * {@code DispatchTest} of it-tests has more shapes and mappings, on containers inside one JVM.
 */
@Tag("containers")
class ShapesTest {

    private static final int COST = 3;
    private static final String RULE =
            "rules: [{name: api, path: /**, per: ip, rate: 1000/hour rolling, concurrent: 1, cost: " + COST + "}]\n";
    private static final Map<String, Integer> SHAPES = new LinkedHashMap<>();

    static {
        SHAPES.put("plain", 200);
        SHAPES.put("forward", 200);
        SHAPES.put("include", 200);
        SHAPES.put("error-page", 409);
        SHAPES.put("exception", 500);
        SHAPES.put("async-complete", 200);
        SHAPES.put("async-dispatch", 200);
        SHAPES.put("async-error", 504);
    }

    @TempDir
    Path folder;

    private static WebApp app(String name) {
        return WebApp.named(name)
                .withJar()
                .withFile("WEB-INF/own.yaml", RULE)
                .servlet(ShapesServlet.class, "/shape/*")
                .describe("<error-page><error-code>409</error-code><location>/hello</location></error-page>");
    }

    private static String filter(String dispatchers) {
        return "<filter><filter-name>weir</filter-name><filter-class>dev.weir.servlet.RateLimitFilter</filter-class>"
                + "<async-supported>true</async-supported><init-param><param-name>config</param-name>"
                + "<param-value>/WEB-INF/own.yaml</param-value></init-param></filter><filter-mapping>"
                + "<filter-name>weir</filter-name><url-pattern>/*</url-pattern>" + dispatchers + "</filter-mapping>";
    }

    private static String dispatcher(String... types) {
        StringBuilder all = new StringBuilder();
        for (String type : types) {
            all.append("<dispatcher>").append(type).append("</dispatcher>");
        }
        return all.toString();
    }

    @ParameterizedTest
    @EnumSource
    void everyShape_isChargedOnceAndEnds(Distribution distribution) throws Exception {
        Installation installation = distribution
                .install(folder)
                .deploy(app("dropin").withContextParam("weir.config", "/WEB-INF/own.yaml"))
                .deploy(app("request").describe(filter(dispatcher("REQUEST"))))
                .deploy(app("silent").describe(filter("")))
                .deploy(app("all").describe(filter(dispatcher("REQUEST", "FORWARD", "INCLUDE", "ERROR", "ASYNC"))));
        try (Running container = installation.start()) {
            for (String app : new String[] {"dropin", "request", "silent", "all"}) {
                long left = 1000;
                for (Map.Entry<String, Integer> shape : SHAPES.entrySet()) {
                    String path = "/" + app + "/shape/" + shape.getKey();
                    assertThat(container.get(path).statusCode()).as(path).isEqualTo(shape.getValue());
                    left -= 2 * COST;
                    assertThat(leftAfterTheEnd(container, app)).as(path).isEqualTo(left);
                }
            }
            assertIsTheSameByHttp2(container, "dropin", 1000 - 2 * COST * SHAPES.size());
            // Jetty runs a filter that is mapped without a dispatcher for asynchronous ones too, and Tomcat does not.
            String said = distribution.isTomcat() ? "all" : "silent and all";
            assertThat(container.log().split("WEIR-002: The filter is called for ASYNC dispatches", -1))
                    .as(said)
                    .hasSize(distribution.isTomcat() ? 2 : 3);
        }
    }

    /** The first request asks for HTTP/2 without TLS, and those that follow are streams of that connection. */
    private static void assertIsTheSameByHttp2(Running container, String app, long before) {
        long left = before;
        for (Map.Entry<String, Integer> shape : SHAPES.entrySet()) {
            String path = "/" + app + "/shape/" + shape.getKey();
            for (String method : new String[] {"GET", "POST"}) {
                HttpResponse<String> answer = container.sendByHttp2(method, path);
                assertThat(answer.version()).as(path).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(answer.statusCode()).as(method + " " + path).isEqualTo(shape.getValue());
                left -= 2 * COST;
                assertThat(leftAfterTheEnd(container, app))
                        .as(method + " " + path)
                        .isEqualTo(left);
            }
        }
    }

    /** With one in flight allowed, the next one passes only when the one before has ended; a refusal costs nothing. */
    private static long leftAfterTheEnd(Running container, String app) {
        return await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> container.get("/" + app + "/hello"), answer -> answer.statusCode() == 200)
                .headers()
                .firstValueAsLong("X-RateLimit-Remaining")
                .orElseThrow();
    }
}

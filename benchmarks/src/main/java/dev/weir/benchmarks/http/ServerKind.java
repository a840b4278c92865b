// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import dev.weir.RateLimiter;
import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.Filter;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.eclipse.jetty.ee11.servlets.DoSFilter;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;

/** The containers that are measured. */
enum ServerKind {
    TOMCAT("Tomcat"),
    JETTY("Jetty");

    private final String title;

    ServerKind(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** {@return the name with the version} */
    String version() {
        return switch (this) {
            case TOMCAT -> org.apache.catalina.util.ServerInfo.getServerInfo().replace('/', ' ');
            case JETTY -> "Jetty " + Server.getVersion();
        };
    }

    WebServer start(Variant variant, Limit limit) throws Exception {
        return switch (variant) {
            case NONE -> start(null, Map.of());
            case OWN -> startOwn(limit);
            case NAIVE -> start(new NaiveFilter(limit.requests(), Duration.ofSeconds(limit.seconds())), Map.of());
            case WEIR_1, WEIR_1_ALL_HEADERS, WEIR_3 -> startWeir(WeirConfigurations.limiter(variant, limit));
        };
    }

    private WebServer start(@Nullable Filter filter, Map<String, String> parameters) throws Exception {
        return switch (this) {
            case TOMCAT -> TomcatServer.start(filter, parameters);
            case JETTY -> JettyServer.start(filter, parameters);
        };
    }

    private WebServer startWeir(RateLimiter limiter) throws Exception {
        WebServer server = start(new RateLimitFilter(limiter), Map.of());
        return new WebServer() {
            @Override
            public int port() {
                return server.port();
            }

            @Override
            public void close() throws IOException {
                server.close();
                limiter.close();
            }
        };
    }

    private WebServer startOwn(Limit limit) throws Exception {
        return switch (this) {
            case TOMCAT ->
                start(
                        new org.apache.catalina.filters.RateLimitFilter(),
                        Map.of(
                                "bucketRequests", Integer.toString(limit.requests()),
                                "bucketDuration", Integer.toString(limit.seconds()),
                                "exposeHeaders", "true"));
            // A delay of -1 refuses at once, where the default is to hold the request back.
            case JETTY ->
                start(
                        new DoSFilter(),
                        Map.of("maxRequestsPerSec", Integer.toString(limit.perSecond()), "delayMs", "-1"));
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import dev.weir.identity.Identity;
import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.DispatcherType;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is calling, end to end: nobody is somebody else because he says so. */
class IdentityTest {

    private static final String RULES = """
            identity:
              tenant: [{header: X-Tenant-Id, trusted-peers: [PEERS]}]
              user: [{attribute: user}]
              ip: {trusted-proxies: [PEERS], forwarded-header: HEADER}
            profiles:
              tenants:
                acme: {tier: pro}
            rules: [{name: api, path: /**, rate: 10/hour}]
            """;

    @TempDir
    Path folder;

    private static RateLimiter limiter(String peers, String header) {
        return Limiters.of(RULES.replace("PEERS", peers).replace("HEADER", header));
    }

    private Container start(Containers kind, RateLimiter limiter) throws Exception {
        return kind.start(
                new WebApp()
                        .filter(
                                (request, response, chain) -> {
                                    request.setAttribute("user", request.getParameter("user"));
                                    chain.doFilter(request, response);
                                },
                                DispatcherType.REQUEST)
                        .filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)
                        .servlet(
                                "/", (request, response) -> response.getWriter().print("hello")),
                folder);
    }

    private static long left(RateLimiter limiter, Identity identity) {
        return limiter.peek(identity, "GET", "/").tightest().orElseThrow().remaining();
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void unlistedPeer_isWhoHeIsWhateverHeSays(Containers kind) throws Exception {
        try (RateLimiter limiter = limiter("10.0.0.0/8", "X-Forwarded-For");
                Container container = start(kind, limiter)) {
            for (int i = 0; i < 10; i++) {
                Answer answer = Http.get(
                        container,
                        "/",
                        "X-Tenant-Id: acme",
                        "X-Forwarded-For: 203.0.113." + i,
                        "Forwarded: for=203.0.113." + i,
                        "X-Real-IP: 203.0.113." + i);
                assertThat(answer.header("X-RateLimit-Remaining")).isEqualTo(Integer.toString(9 - i));
            }
            assertThat(Http.get(container, "/", "X-Forwarded-For: 10.1.1.1").status())
                    .isEqualTo(429);
            assertThat(left(limiter, Identity.of("acme", null))).isEqualTo(10);
            assertThat(left(limiter, Identity.of(null, null, "203.0.113.1"))).isEqualTo(10);
        }
    }

    @ParameterizedTest
    @CsvSource({"TOMCAT, X-Forwarded-For", "TOMCAT, Forwarded", "JETTY, X-Forwarded-For", "JETTY, Forwarded"})
    void listedPeer_isBelievedInItsOneHeader(Containers kind, String header) throws Exception {
        boolean rfc = header.equals("Forwarded");
        String good = rfc ? "Forwarded: for=6.6.6.6, for=203.0.113.9" : "X-Forwarded-For: 6.6.6.6, 203.0.113.9";
        String bad = rfc ? "X-Forwarded-For: 198.51.100.7" : "Forwarded: for=198.51.100.7";
        try (RateLimiter limiter = limiter("127.0.0.1/32", header);
                Container container = start(kind, limiter)) {
            assertThat(Http.get(container, "/", good, bad).status()).isEqualTo(200);
            assertThat(left(limiter, Identity.of(null, null, "203.0.113.9"))).isEqualTo(9);
            assertThat(left(limiter, Identity.of(null, null, "6.6.6.6"))).isEqualTo(10);
            assertThat(left(limiter, Identity.of(null, null, "198.51.100.7"))).isEqualTo(10);
            assertThat(left(limiter, Identity.of(null, null, "127.0.0.1"))).isEqualTo(10);
            assertThat(Http.get(container, "/", bad).status()).isEqualTo(200);
            assertThat(left(limiter, Identity.of(null, null, "127.0.0.1"))).isEqualTo(9);
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void fiftyUsersBehindOneAddress_areFiftyCallers(Containers kind) throws Exception {
        try (RateLimiter limiter = limiter("127.0.0.1/32", "X-Forwarded-For");
                Container container = start(kind, limiter)) {
            for (int i = 0; i < 10; i++) {
                assertThat(Http.get(container, "/?user=u0").status()).isEqualTo(200);
            }
            assertThat(Http.get(container, "/?user=u0").status()).isEqualTo(429);
            for (int i = 1; i < 50; i++) {
                Answer other = Http.get(container, "/?user=u" + i);
                assertThat(other.status()).isEqualTo(200);
                assertThat(other.header("X-RateLimit-Remaining")).isEqualTo("9");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void oneTenantFromAHundredAddresses_hasOneQuota(Containers kind) throws Exception {
        try (RateLimiter limiter = limiter("127.0.0.1/32", "X-Forwarded-For");
                Container container = start(kind, limiter)) {
            int passed = 0;
            for (int i = 0; i < 100; i++) {
                Answer answer =
                        Http.get(container, "/?user=u" + i, "X-Tenant-Id: acme", "X-Forwarded-For: 203.0.113." + i);
                passed += answer.status() == 200 ? 1 : 0;
            }
            assertThat(passed).isEqualTo(10);
            assertThat(Http.get(container, "/", "X-Tenant-Id: globex", "X-Forwarded-For: 203.0.113.1")
                            .status())
                    .isEqualTo(200);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import dev.weir.identity.Identity;
import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.nio.file.Path;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every place in which callers are looked for, on real containers: nobody is somebody else, and nothing is touched. */
class SourcesTest {

    private static final String RULES = """
        identity:
          tenant:
            - {claim: org.id}
            - {session: tenantId}
            - {host: shop.example, allowed: [acme]}
            - {path: "/t/{tenant}/**", allowed: [acme]}
          user:
            - {claim: sub}
            - {session: user}
            - {api-key: X-Api-Key}
            - principal
        rules:
          - {name: address, path: /**, per: ip, rate: 1000/hour}
          - {name: tenant, path: /**, per: tenant, rate: 100/hour}
          - {name: user, path: /**, per: user, rate: 100/hour}
        """;
    private static final String API_KEY = "s3cret-k3y-0f-a-cust0mer";

    @TempDir
    Path folder;

    /** A token as Spring Security shows it, of whoever sends {@code Authorization: Bearer org/sub}. */
    public record Token(String org, String sub) implements Principal {
        public Map<String, Object> getTokenAttributes() {
            return Map.of("sub", sub, "org", Map.of("id", List.of(org)));
        }

        @Override
        public String getName() {
            return sub;
        }
    }

    private static Filter bearer() {
        return (request, response, chain) -> {
            HttpServletRequest http = (HttpServletRequest) request;
            String given = http.getHeader("Authorization");
            if (given == null || !given.startsWith("Bearer ")) {
                chain.doFilter(request, response);
                return;
            }
            String[] parts = given.substring("Bearer ".length()).split("/", 2);
            Token token = new Token(parts[0], parts[1]);
            chain.doFilter(
                    new HttpServletRequestWrapper(http) {
                        @Override
                        public Principal getUserPrincipal() {
                            return token;
                        }
                    },
                    response);
        };
    }

    private Container start(Containers kind, RateLimiter limiter) throws Exception {
        return kind.start(
                new WebApp()
                        .filter(bearer(), DispatcherType.REQUEST)
                        .filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)
                        .servlet("/form", (request, response) -> {
                            request.setCharacterEncoding("UTF-8");
                            response.setContentType("text/plain;charset=UTF-8");
                            response.getWriter()
                                    .print(request.getParameterMap().keySet() + " " + request.getParameter("name"));
                        })
                        .servlet("/upload", (request, response) -> {
                            var part = request.getPart("file");
                            response.getWriter()
                                    .print(part.getSubmittedFileName() + " "
                                            + new String(
                                                    part.getInputStream().readAllBytes(),
                                                    java.nio.charset.StandardCharsets.UTF_8));
                        })
                        .servlet(
                                "/raw",
                                (request, response) -> response.getWriter()
                                        .print(new String(
                                                request.getInputStream().readAllBytes(),
                                                java.nio.charset.StandardCharsets.UTF_8)))
                        .servlet("/enter", (request, response) -> {
                            request.getSession().setAttribute("tenantId", request.getHeader("X-Tenant"));
                            request.getSession().setAttribute("user", "dora");
                        })
                        .servlet(
                                "/", (request, response) -> response.getWriter().print("hello")),
                folder);
    }

    private static long taken(RateLimiter limiter, Identity identity, String rule) {
        return limiter.peek(identity, "GET", "/").rates().stream()
                .filter(rate -> rate.rule().equals(rule))
                .mapToLong(rate -> rate.limit() - rate.remaining())
                .sum();
    }

    private static long ofTenant(RateLimiter limiter, String tenant) {
        return taken(limiter, Identity.of(tenant, null), "tenant");
    }

    private static long ofUser(RateLimiter limiter, String user) {
        return taken(limiter, Identity.of(null, user), "user");
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void eachSource_namesWhomItShould(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = start(kind, limiter)) {
            Http.get(container, "/", "Authorization: Bearer globex/gus");
            assertThat(ofTenant(limiter, "globex")).isEqualTo(1);
            assertThat(ofUser(limiter, "gus")).isEqualTo(1);

            Http.raw(container, "/", "Host: ACME.shop.example:8080");
            Http.get(container, "/t/acme/orders");
            assertThat(ofTenant(limiter, "acme")).isEqualTo(2);

            Answer entered = Http.get(container, "/enter", "X-Tenant: initech");
            String cookie = entered.header("Set-Cookie").replaceAll(";.*", "");
            Http.get(container, "/", "Cookie: " + cookie);
            assertThat(ofTenant(limiter, "initech")).isEqualTo(1);
            assertThat(ofUser(limiter, "dora")).isEqualTo(1);
        }
    }

    /** What an attacker may write: another host, another path, a session or a token that he has made up. */
    @ParameterizedTest
    @EnumSource(Containers.class)
    void nobodyIsSomebodyElse(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = start(kind, limiter)) {
            Http.raw(container, "/", "Host: victim.shop.example");
            Http.raw(container, "/", "Host: acme.shop.example.evil.org");
            Http.raw(
                    container,
                    "/",
                    "Host: evil.org",
                    "X-Forwarded-Host: acme.shop.example",
                    "X-Host: acme.shop.example");
            Http.get(container, "/t/victim/orders");
            Http.get(container, "/x/t/acme/orders");
            Http.get(container, "/", "Cookie: JSESSIONID=00000000000000000000000000000000; tenantId=victim");
            Http.get(container, "/;jsessionid=00000000000000000000000000000000");
            Http.get(container, "/", "Authorization: eyJvcmciOiJ2aWN0aW0ifQ", "sub: victim", "tenantId: victim");
            Http.get(container, "/?tenantId=victim&user=victim&org.id=victim");
            assertThat(ofTenant(limiter, "victim")).isZero();
            assertThat(ofTenant(limiter, "acme")).isZero();
            assertThat(ofUser(limiter, "victim")).isZero();
            assertThat(taken(limiter, Identity.of(null, null, "127.0.0.1"), "address"))
                    .as("but his address has paid for all of it")
                    .isEqualTo(9);
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void body_reachesTheServletWhole(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = start(kind, limiter)) {
            Answer form = Http.send(
                    container, "POST", "/form", "name=Zo%C3%AB&b=2", "Content-Type: application/x-www-form-urlencoded");
            assertThat(form.body()).isEqualTo("[name, b] Zoë");
            String multipart = String.join(
                    "\r\n",
                    "--x",
                    "Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"",
                    "Content-Type: text/plain",
                    "",
                    "the whole file",
                    "--x--",
                    "");
            Answer upload =
                    Http.send(container, "POST", "/upload", multipart, "Content-Type: multipart/form-data; boundary=x");
            assertThat(upload.body()).isEqualTo("a.txt the whole file");
            Answer raw = Http.send(
                    container, "POST", "/raw", "name=1&b=2", "Content-Type: application/x-www-form-urlencoded");
            assertThat(raw.body()).isEqualTo("name=1&b=2");
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void noSession_isMade(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = start(kind, limiter)) {
            assertThat(Http.get(container, "/").has("Set-Cookie")).isFalse();
            assertThat(Http.get(container, "/", "Cookie: JSESSIONID=0123456789").has("Set-Cookie"))
                    .isFalse();
            assertThat(Http.get(container, "/", "X-Api-Key: " + API_KEY).has("Set-Cookie"))
                    .isFalse();
        }
    }

    /** Neither what is told, nor what is logged, nor what is answered holds the key. */
    @ParameterizedTest
    @EnumSource(Containers.class)
    void apiKey_isNowhereInClear(Containers kind) throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        try (LogCapture log = LogCapture.ofAll();
                RateLimiter limiter = Limiters.builder(RULES.replace("user, rate: 100/hour", "user, rate: 2/hour"))
                        .listener(event -> told.add(event + " " + event.identity()))
                        .build();
                Container container = start(kind, limiter)) {
            for (int i = 0; i < 4; i++) {
                Answer answer = Http.get(container, "/", "X-Api-Key: " + API_KEY);
                assertThat(answer.status()).isEqualTo(i < 2 ? 200 : 429);
                assertThat(answer.body() + answer.headers()).doesNotContain(API_KEY);
            }
            assertThat(Http.get(container, "/", "X-Api-Key: another").status()).isEqualTo(200);
            assertThat(told)
                    .hasSize(5)
                    .allSatisfy(line ->
                            assertThat(line).containsPattern("key-[0-9a-f]{64}").doesNotContain(API_KEY));
            assertThat(log.everything()).doesNotContain(API_KEY);
        }
    }

    /** Where the container authenticates, one filter knows who is calling, and sees nobody who is turned away. */
    @ParameterizedTest
    @EnumSource(Containers.class)
    void containerThatAuthenticates_needsOneFilter(Containers kind) throws Exception {
        String rules = "rules: [{name: user, per: user, rate: 5/hour}, {name: address, per: ip, rate: 9/hour}]\n";
        try (RateLimiter limiter = Limiters.of(rules);
                Container container = kind.start(
                        new WebApp()
                                .basicAuthentication()
                                .step(context -> RateLimitFilter.register(context, limiter))
                                .servlet(
                                        "/private/x",
                                        (request, response) ->
                                                response.getWriter().print(request.getRemoteUser())),
                        folder)) {
            Answer answer = Http.get(container, "/private/x", BasicAuth.header("carol", "right"));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("carol");
            assertThat(answer.header("RateLimit")).contains("\"user\";r=4", "\"address\";r=8");
            Answer wrong = Http.get(container, "/private/x", BasicAuth.header("carol", "wrong"));
            assertThat(wrong.status()).isEqualTo(401);
            assertThat(wrong.has("RateLimit")).isFalse();
            assertThat(ofUser(limiter, "carol")).isEqualTo(1);
        }
    }
}

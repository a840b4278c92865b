// SPDX-License-Identifier: Apache-2.0
package dev.weir.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import dev.weir.identity.Identity;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** One limiter before and behind Spring Security. */
class AroundSecurityTest {

    private static final String[] RULES = {
        "weir.identity.ip.trusted-proxies[0]: 127.0.0.1/32",
        "weir.rules[0].name: guesses",
        "weir.rules[0].per: ip",
        "weir.rules[0].rate: 5/hour",
        "weir.rules[0].count[0]: 401",
        "weir.rules[0].concurrent: 4",
        "weir.rules[1].name: api",
        "weir.rules[1].per: user",
        "weir.rules[1].rate: 3/hour",
    };
    private static final String HOME = "X-Forwarded-For: 198.51.100.1";
    private static final String ATTACKER = "X-Forwarded-For: 203.0.113.66";

    @Test
    void bothStages_knowWhatTheyShould() throws Exception {
        try (Shop shop = Shop.start(RULES)) {
            HttpResponse<String> answer = shop.send("GET", "/", HOME, Shop.basic("carol", "right"));
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("hello carol");
            assertThat(answer.headers().firstValue("RateLimit").orElseThrow())
                    .contains("\"guesses\";r=5", "\"api\";r=2");
            HttpResponse<String> nobody = shop.send("GET", "/", HOME);
            assertThat(nobody.statusCode()).isEqualTo(401);
            assertThat(nobody.headers().firstValue("RateLimit").orElseThrow())
                    .contains("guesses")
                    .doesNotContain("api");
        }
    }

    /** In front of Spring Security a refusal that went by sendError would become a 401 without a body. */
    @Test
    void refusalInFrontOfSecurity_staysOneWithItsBody() throws Exception {
        try (Shop shop = Shop.start(RULES)) {
            for (int i = 0; i < 5; i++) {
                assertThat(shop.send("GET", "/", ATTACKER).statusCode()).isEqualTo(401);
            }
            assertRefusals(shop, "guesses", ATTACKER);
        }
    }

    @Test
    void refusalBehindSecurity_hasItsBodyToo() throws Exception {
        try (Shop shop = Shop.start(RULES)) {
            String carol = Shop.basic("carol", "right");
            for (int i = 0; i < 3; i++) {
                assertThat(shop.send("GET", "/", HOME, carol).statusCode()).isEqualTo(200);
            }
            assertRefusals(shop, "api", HOME, carol);
        }
    }

    /** Each method is told the same; HEAD is told how long the body would be that it does not get. */
    private static void assertRefusals(Shop shop, String rule, String... headers) throws Exception {
        HttpResponse<String> get = shop.send("GET", "/", headers);
        assertThat(get.body()).contains("quota-exceeded", "[\"" + rule + "\"]");
        for (String method : new String[] {"GET", "HEAD", "POST"}) {
            HttpResponse<String> answer = shop.send(method, "/", headers);
            assertThat(answer.statusCode()).as(method).isEqualTo(429);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            String body = get.body().replace(in(get), in(answer));
            assertThat(answer.headers().firstValueAsLong("Content-Length"))
                    .as(method)
                    .hasValue(body.getBytes(StandardCharsets.UTF_8).length);
            assertThat(answer.body()).isEqualTo(method.equals("HEAD") ? "" : body);
        }
    }

    /** What is not the same in all answers: no two are told the same time. */
    private static String in(HttpResponse<String> answer) {
        return "Retry in " + answer.headers().firstValue("Retry-After").orElseThrow() + " seconds";
    }

    /** Whoever guesses at a name spends nothing of it, from one address or from a thousand. */
    @Test
    void tenThousandWrongPasswords_leaveTheVictimsFirstRequestAdmitted() throws Exception {
        try (Shop shop = Shop.start(RULES)) {
            RateLimiter limiter = shop.bean(RateLimiter.class);
            AtomicInteger wrong = new AtomicInteger();
            AtomicInteger refused = new AtomicInteger();
            ExecutorService attackers = Executors.newFixedThreadPool(4);
            for (int i = 0; i < 4; i++) {
                int attacker = i;
                attackers.execute(() -> guess(shop, attacker, wrong, refused));
            }
            attackers.shutdown();
            assertThat(attackers.awaitTermination(120, TimeUnit.SECONDS)).isTrue();
            assertThat(wrong.get() + refused.get()).isEqualTo(10_000);
            assertThat(wrong.get()).as("guesses that reached Spring Security").isLessThan(1_300);
            assertThat(refused.get()).isGreaterThan(8_700);
            assertThat(limiter.peek(Identity.of(null, "victim"), "GET", "/").rates())
                    .anySatisfy(rate -> {
                        assertThat(rate.rule()).isEqualTo("api");
                        assertThat(rate.remaining()).isEqualTo(3);
                    });
            HttpResponse<String> own = shop.send("GET", "/", HOME, Shop.basic("victim", "right"));
            assertThat(own.statusCode()).isEqualTo(200);
            assertThat(own.headers().firstValue("RateLimit").orElseThrow()).contains("\"api\";r=2");
        }
    }

    /** Fifty guesses from each of fifty addresses. */
    private static void guess(Shop shop, int attacker, AtomicInteger wrong, AtomicInteger refused) {
        for (int i = 0; i < 2_500; i++) {
            String from = "X-Forwarded-For: 203.0." + attacker + "." + i % 50;
            try {
                int status = shop.send("GET", "/", from, Shop.basic("victim", "guess" + i))
                        .statusCode();
                (status == 429 ? refused : wrong).incrementAndGet();
                if (status != 429 && status != 401) {
                    throw new AssertionError("answered " + status);
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}

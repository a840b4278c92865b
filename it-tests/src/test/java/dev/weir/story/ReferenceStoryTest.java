// SPDX-License-Identifier: Apache-2.0
package dev.weir.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.testkit.ManualClock;
import dev.weir.time.TimeSource;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the reference configuration means for the callers of the demo, told by a client on a real Jetty. */
class ReferenceStoryTest {

    private final ManualClock clock = new ManualClock();

    private Shop shop() throws Exception {
        return new Shop(Shop.reference(), clock);
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("none");
    }

    private static long retryAfter(HttpResponse<String> answer) {
        return answer.headers().firstValueAsLong("Retry-After").orElseThrow();
    }

    @Test
    void fred_firstAnswerTellsWhereHeStands() throws Exception {
        try (Shop shop = shop()) {
            HttpHeaders headers = shop.get("fred").headers();
            assertThat(headers.firstValue("X-RateLimit-Limit")).hasValue("20");
            assertThat(headers.firstValue("X-RateLimit-Remaining")).hasValue("19");
            assertThat(headers.firstValue("X-RateLimit-Reset")).hasValue("3");
            assertThat(headers.firstValue("RateLimit-Policy")).hasValue("\"api\";q=20;w=60");
            assertThat(headers.firstValue("RateLimit")).hasValue("\"api\";r=19;t=3");
        }
    }

    @Test
    void fred_ofHundredAtOnceExactlyTwentyPass() throws Exception {
        try (Shop shop = shop()) {
            assertThat(shop.passed(100, "fred")).isEqualTo(20);
            assertThat(shop.limiter().inFlight()).isZero();
        }
    }

    @Test
    void fred_whoWaitsAsToldPasses_fiftyTimesOfFifty() throws Exception {
        try (Shop shop = shop()) {
            int passed = 0;
            for (int i = 0; i < 50; i++) {
                HttpResponse<String> refused = firstRefusal(shop, "fred");
                // An odd moment, so that the wait is not a whole number of seconds.
                clock.advanceNanos(13_777_777L * i);
                clock.advance(Duration.ofSeconds(retryAfter(refused)));
                passed += shop.get("fred").statusCode() == 200 ? 1 : 0;
            }
            assertThat(passed).isEqualTo(50);
        }
    }

    @Test
    void fred_whoWaitsAsToldPasses_onTheRealClockToo() throws Exception {
        try (Shop shop = new Shop(Shop.reference(), TimeSource.system())) {
            for (int i = 0; i < 5; i++) {
                long seconds = retryAfter(firstRefusal(shop, "fred"));
                await().pollDelay(Duration.ofSeconds(seconds))
                        .atMost(Duration.ofSeconds(seconds + 10))
                        .until(() -> true);
                assertThat(shop.get("fred").statusCode()).isEqualTo(200);
            }
        }
    }

    private static HttpResponse<String> firstRefusal(Shop shop, String caller) throws Exception {
        for (int i = 0; i <= 21; i++) {
            HttpResponse<String> answer = shop.get(caller);
            if (answer.statusCode() == 429) {
                return answer;
            }
        }
        throw new AssertionError("was never refused");
    }

    @Test
    void aliceAndBob_shareTheTenantsQuotaAndNeitherTakesMoreThanHisBurst() throws Exception {
        try (Shop shop = shop()) {
            assertThat(shop.passed(40, "acme/alice")).isEqualTo(20);
            HttpResponse<String> refused = shop.get("acme/alice");
            assertThat(refused.body()).contains("\"violated-policies\":[\"tenant-user\"]");
            assertThat(shop.passed(40, "acme/bob")).isEqualTo(20);
            long others = 0;
            for (int i = 0; i < 6; i++) {
                others += shop.passed(20, "acme/user" + i);
            }
            assertThat(others).as("what is left of acme's 120").isEqualTo(80);
            assertThat(shop.get("acme/newcomer").body()).contains("[\"api\"]");
        }
    }

    @Test
    void ginaAndGus_shareTheHundredOfTheirTenant() throws Exception {
        try (Shop shop = shop()) {
            long all = shop.passed(30, "globex/gina") + shop.passed(30, "globex/gus");
            assertThat(all).isEqualTo(40);
            for (int i = 0; i < 4; i++) {
                all += shop.passed(20, "globex/user" + i);
            }
            assertThat(all).isEqualTo(100);
        }
    }

    @Test
    void gus_hasHisOwnTierWhereARuleIsPerUser() throws Exception {
        String perUser = Shop.reference().replace("rate: 60/min burst 20", "rate: requests");
        try (Shop shop = new Shop(perUser, clock)) {
            assertThat(header(shop.get("globex/gus"), "RateLimit-Policy")).contains("\"tenant-user\";q=120;w=60");
            assertThat(header(shop.get("globex/gina"), "RateLimit-Policy")).contains("\"tenant-user\";q=100;w=60");
        }
    }

    @Test
    void mallory_isBlockedAndNotToldWhy() throws Exception {
        try (Shop shop = shop()) {
            HttpResponse<String> answer = shop.get("mallory");
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("about:blank").doesNotContain("abuse");
            assertThat(header(answer, "X-RateLimit-Limit")).isEqualTo("none");
        }
    }

    @Test
    void eve_isNotTouchedByTenantUser() throws Exception {
        try (Shop shop = shop()) {
            assertThat(shop.passed(100, "eve")).isEqualTo(100);
            assertThat(header(shop.get("eve"), "RateLimit-Policy")).isEqualTo("\"api\";q=500;w=60");
        }
    }

    @Test
    void failedLogins_fiveWrongPasswordsAndThenNone_rightOnesAreNeverCharged() throws Exception {
        try (Shop shop = shop()) {
            for (int i = 0; i < 4; i++) {
                assertThat(shop.login("right").statusCode()).isEqualTo(200);
            }
            for (int i = 0; i < 5; i++) {
                assertThat(shop.login("wrong").statusCode()).isEqualTo(401);
            }
            HttpResponse<String> refused = shop.login("wrong");
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.body()).contains("[\"failed-logins\"]");
            assertThat(retryAfter(refused)).isBetween(12L, 13L);
        }
    }

    @Test
    void forgedHeaders_changeNothing() throws Exception {
        try (Shop shop = shop()) {
            shop.get("", "X-Forwarded-For", "203.0.113.1", "X-Tenant-Id", "acme");
            HttpResponse<String> second = shop.get("", "X-Forwarded-For", "203.0.113.2", "X-Tenant-Id", "globex");
            assertThat(header(second, "X-RateLimit-Limit")).isEqualTo("10");
            assertThat(header(second, "X-RateLimit-Remaining")).isEqualTo("8");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.identity.Identity;
import dev.weir.testkit.FakeRequest;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Callers who change their names, use up what they share, or speak in the name of others; with a place for everybody and
 * with places for three.
 */
class ChurnTest {

    private static final int REQUESTS = 10_000;
    private static final int SESSIONS = 100_000;

    private static RateLimiter limiter(long maxKeys, String yaml) {
        return Limiters.of("store: {type: memory, max-keys: " + maxKeys + "}\n" + yaml);
    }

    private static boolean admits(RateLimiter limiter, FakeRequest request, int status) {
        Decision decision = limiter.decide(request);
        limiter.complete(decision, status);
        return decision.isAdmitted();
    }

    private static long left(RateLimiter limiter, Identity identity) {
        return limiter.peek(identity, "GET", "/").tightest().orElseThrow().remaining();
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 1_000_000})
    void newSessionsFromOneAddress_getNoMoreThanTheAddress(long maxKeys) {
        String yaml = """
                identity: {user: [{attribute: session}]}
                rules:
                  - {name: session, per: user, rate: 100/hour}
                  - {name: address, per: ip, rate: 200/hour}
                """;
        try (RateLimiter limiter = limiter(maxKeys, yaml)) {
            long admitted = 0;
            for (int i = 0; i < SESSIONS; i++) {
                FakeRequest request = FakeRequest.get("/").from("203.0.113.9").attribute("session", "s" + i);
                admitted += admits(limiter, request, 200) ? 1 : 0;
            }
            assertThat(admitted).isEqualTo(200);
            assertThat(admits(limiter, FakeRequest.get("/").from("203.0.113.10").attribute("session", "new"), 200))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 1_000_000})
    void userOverHisLimit_takesNothingFromHisTenant(long maxKeys) {
        String yaml = """
                identity: {tenant: [{attribute: tenant}], user: [{attribute: user}]}
                rules:
                  - {name: tenant, per: tenant, rate: 1000/hour}
                  - {name: user, per: user, within: tenant, rate: 20/hour}
                """;
        try (RateLimiter limiter = limiter(maxKeys, yaml)) {
            FakeRequest mallory =
                    FakeRequest.get("/").attribute("tenant", "acme").attribute("user", "mallory");
            long admitted = 0;
            for (int i = 0; i < REQUESTS; i++) {
                admitted += admits(limiter, mallory, 200) ? 1 : 0;
            }
            assertThat(admitted).isEqualTo(20);
            assertThat(left(limiter, Identity.of("acme", null))).isEqualTo(980);
            assertThat(admits(limiter, mallory.attribute("user", "alice"), 200)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 1_000_000})
    void addressesOfOneNetwork_areOneCaller(long maxKeys) {
        long seed = Long.getLong("weir.seed", System.nanoTime());
        System.out.println("ChurnTest: -Dweir.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        try (RateLimiter limiter = limiter(maxKeys, "rules: [{name: address, per: ip, rate: 50/hour}]")) {
            long admitted = 0;
            for (int i = 0; i < REQUESTS; i++) {
                admitted += admits(limiter, FakeRequest.get("/").from(address(random)), 200) ? 1 : 0;
            }
            assertThat(admitted).isEqualTo(50);
            assertThat(left(limiter, Identity.of(null, null, "2001:db8:1:3::1")))
                    .isEqualTo(50);
        }
    }

    /** One of 2001:db8:1:2::/64, written in one of many ways. */
    private static String address(SplittableRandom random) {
        StringBuilder address = new StringBuilder(random.nextBoolean() ? "2001:db8:1:2" : "2001:0db8:0001:0002");
        for (int i = 0; i < 4; i++) {
            String group = Integer.toHexString(random.nextInt(1 << 16));
            address.append(':').append(random.nextBoolean() ? group.toUpperCase(Locale.ROOT) : group);
        }
        return address.toString();
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 1_000_000})
    void unauthenticatedRequestsThatNameAVictim_leaveHimAlone(long maxKeys) {
        String yaml = """
                identity: {user: [principal, {header: X-User, trusted-peers: [10.0.0.0/8]}]}
                rules:
                  - {name: api, per: user, rate: 20/hour}
                  - {name: failed-logins, path: /login, methods: [POST], per: ip, rate: 5/hour, count: [401]}
                """;
        try (RateLimiter limiter = limiter(maxKeys, yaml)) {
            FakeRequest attack = FakeRequest.post("/login")
                    .from("203.0.113.9")
                    .header("X-User", "victim")
                    .header("Authorization", "Basic dmljdGltOndyb25n")
                    .header("X-Forwarded-For", "198.51.100.7")
                    .header("Cookie", "user=victim");
            long tries = 0;
            for (int i = 0; i < REQUESTS; i++) {
                tries += admits(limiter, attack, 401) ? 1 : 0;
            }
            assertThat(tries).as("guesses of the password").isEqualTo(5);
            assertThat(left(limiter, Identity.of(null, "victim"))).isEqualTo(20);
            FakeRequest victim = FakeRequest.post("/login").from("198.51.100.7");
            assertThat(admits(limiter, victim, 200)).as("he logs in").isTrue();
            assertThat(admits(limiter, FakeRequest.get("/").from("198.51.100.7").user("victim"), 200))
                    .isTrue();
            assertThat(left(limiter, Identity.of(null, "victim"))).isEqualTo(19);
        }
    }
}

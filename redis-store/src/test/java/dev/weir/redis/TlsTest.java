// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.redisrig.Certificates;
import dev.weir.redisrig.TlsFront;
import dev.weir.testkit.FakeRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Redis behind TLS: whom the limiter trusts, and that it never falls back to plain text. */
class TlsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int ENOUGH_TRIES = 4;
    private static final int PORT = TestRedis.SERVER.port();

    @TempDir
    private static Path folder;

    private static Certificates authority;
    private static SSLContext good;

    @BeforeAll
    static void make() throws IOException {
        authority = Certificates.in(folder);
        good = authority.server("ip:127.0.0.1", "-1d", 30);
        Files.writeString(folder.resolve("ca.pem"), authority.authority());
    }

    private static RateLimiter limiter(String uri, String more) throws IOException {
        Path file = folder.resolve("weir.yaml");
        Files.writeString(
                file,
                "store: {type: redis, namespace: " + TestRedis.newNamespace() + ", redis: {uri: \"" + uri
                        + "\", deadline: 250ms" + more + "}}\nrules: [{name: api, rate: 100000/min}]\n");
        return RateLimiter.from(file);
    }

    private static boolean isDegraded(RateLimiter limiter) {
        Decision decision = limiter.decide(FakeRequest.get("/"));
        limiter.complete(decision, 200);
        assertThat(decision.isAdmitted()).isTrue();
        return decision.isDegraded();
    }

    private static void awaitShared(RateLimiter limiter) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> !isDegraded(limiter));
    }

    /** Whatever it tries, nothing of what it would say to Redis leaves it. */
    private static void staysAway(TlsFront front, String more) throws IOException {
        try (RateLimiter limiter = limiter(front.uri(), more)) {
            for (int i = 0; i < ENOUGH_TRIES; i++) {
                long before = front.accepted();
                await().atMost(PATIENCE).until(() -> front.accepted() > before);
                assertThat(isDegraded(limiter)).isTrue();
            }
        }
        assertThat(front.forwarded()).isZero();
    }

    @Test
    void certificateOfOurAuthority_isTrusted() throws IOException {
        try (TlsFront front = TlsFront.to(PORT, good);
                RateLimiter limiter = limiter(front.uri(), ", ca: \"file:ca.pem\"")) {
            awaitShared(limiter);
            assertThat(front.forwarded()).isPositive();
        }
    }

    @Test
    void authorityThatNobodyNamed_isNotTrusted() throws IOException {
        try (TlsFront front = TlsFront.to(PORT, good)) {
            staysAway(front, "");
        }
    }

    @Test
    void certificateForSomebodyElse_isNotTrusted() throws IOException {
        try (TlsFront front = TlsFront.to(PORT, authority.server("dns:elsewhere.example", "-1d", 30))) {
            staysAway(front, ", ca: \"file:ca.pem\"");
        }
    }

    @Test
    void certificateThatHasExpired_isNotTrusted() throws IOException {
        try (TlsFront front = TlsFront.to(PORT, authority.server("ip:127.0.0.1", "-10d", 5))) {
            staysAway(front, ", ca: \"file:ca.pem\"");
        }
    }

    @Test
    void plainPort_isNoWayForOneWhoWantsTls() throws IOException {
        String uri = "rediss://127.0.0.1:" + PORT;
        try (RateLimiter limiter = limiter(uri, ", ca: \"file:ca.pem\"")) {
            for (int i = 0; i < ENOUGH_TRIES; i++) {
                assertThat(isDegraded(limiter)).isTrue();
            }
        }
    }

    @Test
    void authorityThatIsNone_isRefusedAtStart() throws IOException {
        Files.writeString(folder.resolve("odd.pem"), "no certificate");
        assertThatThrownBy(() -> limiter("rediss://127.0.0.1:1", ", ca: \"file:odd.pem\""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("store.redis.ca: holds no certificate");
        assertThatThrownBy(() -> limiter("redis://127.0.0.1:1", ", ca: \"file:ca.pem\""))
                .hasMessageContaining("store.redis.ca: says whom to trust, but redis:// is not encrypted");
        assertThatThrownBy(() -> limiter("redis-cluster://127.0.0.1:1", ", ca: \"file:ca.pem\""))
                .hasMessageContaining("but redis-cluster:// is not encrypted; write rediss-cluster:// in");
        assertThatThrownBy(() -> limiter("redis-sentinel://127.0.0.1:1#main", ", ca: \"file:ca.pem\""))
                .hasMessageContaining("but redis-sentinel:// is not encrypted; write rediss-sentinel:// in");
        assertThatThrownBy(() -> limiter("rediss://127.0.0.1:1", ", ca: \"file:none.pem\""))
                .hasMessageContaining("store.redis.ca: there is no file");
    }
}

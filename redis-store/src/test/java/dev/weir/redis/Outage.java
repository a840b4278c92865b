// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import dev.weir.identity.Identity;
import dev.weir.redisrig.FaultProxy;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.RedisServerBuilder;
import dev.weir.redisrig.Resp;
import dev.weir.testkit.FakeRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** A server, a proxy in front of it that can break the way there, and a limiter of 20 an hour behind that. */
final class Outage implements AutoCloseable {

    static final int CAPACITY = 20;

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    final RedisServer server;
    final FaultProxy proxy;
    final RateLimiter limiter;
    final AtomicInteger admitted = new AtomicInteger();
    final AtomicInteger degraded = new AtomicInteger();

    private Outage(RedisServer server, FaultProxy proxy, String more) {
        this.server = server;
        this.proxy = proxy;
        this.limiter = limiter("redis", """
                redis:
                  uri: %s
                  deadline: 250ms
                  instances: 1
                %s""".formatted(proxy.uri(), more.indent(2)));
    }

    /** @param redis the section {@code store.redis}, if any */
    static RateLimiter limiter(String type, String redis) {
        return RateLimiter.builder(Configuration.parse("outage.yaml", configuration(type, redis)))
                .resolver(request -> Identity.of(null, request.header("User")))
                .build();
    }

    static Outage begin() throws IOException {
        return begin(RedisServer.builder(), "");
    }

    /** @param more further lines of {@code store.redis} */
    static Outage begin(RedisServerBuilder settings, String more) throws IOException {
        RedisServer server = settings.start();
        return new Outage(server, FaultProxy.to(server.port()), more);
    }

    private static String configuration(String type, String redis) {
        return """
                store:
                  type: %s
                  namespace: outage
                %s
                tiers:
                  hourly:
                    rates: {requests: %d/hour}
                profiles: {default: hourly}
                rules:
                  - {name: api, path: /**, per: user, rate: requests}
                """.formatted(type, redis.indent(2), CAPACITY);
    }

    /** One request. Whatever is broken, it gets an answer, and not one that the server failed. */
    Decision ask(String user) {
        Decision decision = limiter.decide(FakeRequest.get("/api/hello").header("User", user));
        limiter.complete(decision, 200);
        assertThat(decision.status()).isIn(Decision.Status.ADMITTED, Decision.Status.REFUSED);
        admitted.addAndGet(decision.isAdmitted() ? 1 : 0);
        degraded.addAndGet(decision.isDegraded() ? 1 : 0);
        return decision;
    }

    /** So many requests of a user, and how many of them passed. */
    int ask(String user, int times) {
        int before = admitted.get();
        for (int i = 0; i < times; i++) {
            ask(user);
        }
        return admitted.get() - before;
    }

    /** Takes one for a user that nobody else is, through Redis. */
    void awaitShared() {
        AtomicInteger tries = new AtomicInteger();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !ask("canary" + tries.incrementAndGet()).isDegraded());
    }

    void awaitDegraded() {
        AtomicInteger tries = new AtomicInteger();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> ask("dove" + tries.incrementAndGet()).isDegraded());
    }

    Resp admin() throws IOException {
        return server.connect();
    }

    @Override
    public void close() throws IOException {
        limiter.close();
        proxy.close();
        server.close();
    }
}

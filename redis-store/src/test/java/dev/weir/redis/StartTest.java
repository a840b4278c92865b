// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import dev.weir.redisrig.FaultProxy;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import dev.weir.testkit.FakeRequest;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Beginnings and ends. */
class StartTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static RateLimiter limiter(String uri) {
        return RateLimiter.builder(Configuration.parse(
                        "start.yaml",
                        "store: {type: redis, redis: {uri: \"" + uri
                                + "\", deadline: 250ms}}\nrules: [{name: api, rate: 100000/min}]"))
                .build();
    }

    private static boolean isDegraded(RateLimiter limiter) {
        var decision = limiter.decide(FakeRequest.get("/"));
        limiter.complete(decision, 200);
        assertThat(decision.isAdmitted()).isTrue();
        return decision.isDegraded();
    }

    private static void awaitShared(RateLimiter limiter) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> !isDegraded(limiter));
    }

    @Test
    void serverThatComesLater_isFound() throws IOException {
        try (RedisServer server = RedisServer.start();
                FaultProxy proxy = FaultProxy.to(server.port())) {
            proxy.refuse();
            try (RateLimiter limiter = limiter(proxy.uri())) {
                assertThat(isDegraded(limiter)).isTrue();
                proxy.pass();
                awaitShared(limiter);
            }
        }
    }

    @Test
    void builder_makesOneStore() {
        RedisStoreBuilder builder = TestRedis.builder();
        try (RedisStore first = builder.build()) {
            assertThatThrownBy(builder::build)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("begin another");
            assertThat(first.heartbeat(Duration.ofSeconds(10).toNanos())).isEqualTo(1);
        }
    }

    @Test
    void hostThatDoesNotExist_letsTheLimiterStart() {
        try (RateLimiter limiter = limiter("redis://does-not-exist.invalid:6379")) {
            assertThat(isDegraded(limiter)).isTrue();
        }
    }

    /** What the application's client asks for addresses says no at first, as when a name is entered later than its users start. */
    @Test
    void hostWhoseNameComesLater_isFound() throws IOException {
        AtomicBoolean known = new AtomicBoolean();
        ClientResources resources = ClientResources.builder()
                .addressResolverGroup(new NameThatComesLater(known))
                .build();
        RedisClient client = RedisClient.create(resources);
        try (RedisServer server = RedisServer.start();
                RedisStore store = RedisStore.builder(client, RedisURI.create("does-not-exist.invalid", server.port()))
                        .build();
                RateLimiter limiter = RateLimiter.builder(
                                Configuration.parse("start.yaml", "rules: [{name: api, rate: 100000/min}]"))
                        .store(store)
                        .build()) {
            for (int i = 0; i < 20; i++) { // the breaker has long been open
                assertThat(isDegraded(limiter)).isTrue();
            }
            assertThat(store.heartbeat(PATIENCE.toNanos())).isZero();
            known.set(true);
            awaitShared(limiter);
        } finally {
            client.shutdown(0, 1, TimeUnit.SECONDS);
            resources.shutdown(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    /** Knows one name, that of this machine, from some moment on. */
    private static final class NameThatComesLater extends AddressResolverGroup<InetSocketAddress> {

        private final AtomicBoolean known;

        NameThatComesLater(AtomicBoolean known) {
            this.known = known;
        }

        @Override
        protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
            return new InetNameResolver(executor) {
                @Override
                protected void doResolve(String name, Promise<InetAddress> answer) {
                    if (known.get()) {
                        answer.setSuccess(InetAddress.getLoopbackAddress());
                    } else {
                        answer.setFailure(new UnknownHostException(name));
                    }
                }

                @Override
                protected void doResolveAll(String name, Promise<List<InetAddress>> answer) {
                    if (known.get()) {
                        answer.setSuccess(List.of(InetAddress.getLoopbackAddress()));
                    } else {
                        answer.setFailure(new UnknownHostException(name));
                    }
                }
            }.asAddressResolver();
        }
    }

    @Test
    void wrongPassword_worksAsSoonAsItIsRight() throws IOException {
        try (RedisServer server = RedisServer.builder().password("right").start();
                RateLimiter limiter = limiter(server.uri().replaceAll("//.*@", "//"))) {
            assertThat(isDegraded(limiter)).isTrue();
            try (Resp admin = server.connect()) {
                admin.command("CONFIG", "SET", "requirepass", "");
            }
            awaitShared(limiter);
        }
    }

    /** Hung, not gone: nothing that is asked comes back. */
    @Test
    void close_endsThoughRedisHangs() throws IOException {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (RedisServer server = RedisServer.start()) {
            RateLimiter limiter = limiter(server.uri());
            awaitShared(limiter);
            server.freeze();
            isDegraded(limiter);
            long start = System.nanoTime();
            limiter.close();
            Duration taken = Duration.ofNanos(System.nanoTime() - start);
            System.out.println("StartTest: closed in " + taken.toMillis() + " ms with Redis frozen");
            assertThat(taken).isLessThan(Duration.ofSeconds(3));
            server.thaw();
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet().stream()
                                .filter(thread -> !before.contains(thread) && thread.isAlive())
                                .map(Thread::getName)
                                .filter(name -> name.startsWith("weir") || name.startsWith("lettuce"))
                                .collect(Collectors.toSet()))
                        .isEmpty());
    }

    @Test
    void clientOfTheApplication_staysOpenAndHasOneConnectionMore() throws IOException {
        RedisClient client = RedisClient.create();
        try (RedisServer server = RedisServer.start();
                Resp admin = server.connect()) {
            RedisURI uri = RedisURI.create(server.uri());
            RedisStore store = RedisStore.builder(client, uri).build();
            assertThat(store.heartbeat(PATIENCE.toNanos())).isEqualTo(1);
            assertThat(clients(admin)).isEqualTo(2);
            store.close();
            await().atMost(PATIENCE).until(() -> clients(admin) == 1);
            try (var connection = client.connect(uri)) {
                assertThat(connection.sync().ping()).isEqualTo("PONG");
            }
        } finally {
            client.shutdown();
        }
    }

    private static long clients(Resp admin) throws IOException {
        return admin.text("CLIENT", "LIST")
                .lines()
                .filter(line -> !line.isBlank())
                .count();
    }
}

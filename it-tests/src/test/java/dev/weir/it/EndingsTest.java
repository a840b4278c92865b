// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import dev.weir.servlet.RateLimitFilter;
import dev.weir.testkit.FakeRequest;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A hundred thousand requests that end in all ways, hung-up clients and time-outs among them, leave no place taken. */
@Tag("heavy")
class EndingsTest {

    private static final int REQUESTS = 100_000;
    private static final int REQUESTS_WITH_REDIS = 5_000;
    private static final int LANES = 8;
    private static final int SLOW_LANES = 4;
    private static final int USERS = 4;
    private static final int ONE_IN_SO_MANY_HANGS_UP = 50;
    private static final int PLACES = 4;
    private static final int FEWEST_SLOW_ENDINGS = 12;

    private static final String RULES = Limiters.ANYBODY + "rules: [{name: api, path: /**, per: user, rate: 1000000/s,"
            + " concurrent: " + PLACES + "}]\n";

    private static final Shape[] QUICK = shapes(false);
    private static final Shape[] SLOW = shapes(true);

    /** They write stack traces for servlets that throw; kept, so that they stay silent. */
    private static final List<Logger> CONTAINERS =
            List.of(Logger.getLogger("org.apache"), Logger.getLogger("io.undertow"));

    @TempDir
    Path folder;

    private final Map<Shape, AtomicInteger> admitted = new ConcurrentHashMap<>();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger next = new AtomicInteger();

    @BeforeEach
    void silenceContainers() {
        // A level would not do, because Tomcat gives those below one of their own.
        CONTAINERS.forEach(logger -> logger.setUseParentHandlers(false));
    }

    @AfterEach
    void letContainersSpeak() {
        CONTAINERS.forEach(logger -> logger.setUseParentHandlers(true));
    }

    private static Shape[] shapes(boolean slow) {
        return Arrays.stream(Shape.values())
                .filter(shape -> shape.isSlow() == slow && shape != Shape.CLIENT_ABORT)
                .toArray(Shape[]::new);
    }

    @ParameterizedTest
    @EnumSource
    void places_areAllFreeAfterAHundredThousandEndings(EveryContainer kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(RULES)) {
            runAll(kind, limiter, REQUESTS);
            awaitAllPlaces(limiter);
        }
    }

    /** A place that is not given back there is renewed for as long as its instance runs. */
    @ParameterizedTest
    @EnumSource
    void placesInRedis_areAllFreeAfterAllEndings(EveryContainer kind) throws Exception {
        try (RedisServer redis = RedisServer.start();
                RateLimiter limiter = RateLimiter.builder(Configuration.parse(
                                "test.yaml", RULES + "store: {type: redis, redis: {uri: \"" + redis.uri() + "\"}}\n"))
                        .build();
                Resp looking = redis.connect()) {
            await().atMost(Duration.ofSeconds(30)).until(() -> isDecidedByRedis(limiter));
            runAll(kind, limiter, REQUESTS_WITH_REDIS);
            assertThat(limiter.degradedDecisions())
                    .as("decided without Redis, which on a machine that stalls are some")
                    .isLessThan(REQUESTS_WITH_REDIS / 2);
            awaitAllPlaces(limiter);
            assertIsCountedAsLease(limiter, looking);
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(leases(looking)).isZero());
        }
    }

    private static boolean isDecidedByRedis(RateLimiter limiter) {
        Decision decision = limiter.decide(request(0));
        limiter.complete(decision, 200);
        return !decision.isDegraded();
    }

    private static void assertIsCountedAsLease(RateLimiter limiter, Resp looking) throws IOException {
        Decision held = limiter.decide(request(0));
        try {
            assertThat(leases(looking)).as("held by one request at least").isPositive();
        } finally {
            limiter.complete(held, 200);
        }
    }

    /** Those that have an end: a set has an element without one too, which is no lease, and one set is that of instances. */
    private static long leases(Resp redis) throws IOException {
        long held = 0;
        for (Object key : redis.list("KEYS", "*")) {
            String name = key.toString();
            if (!name.endsWith("instances") && redis.text("TYPE", name).equals("zset")) {
                held += redis.number("ZCOUNT", name, "-inf", "(+inf");
            }
        }
        return held;
    }

    private void runAll(EveryContainer kind, RateLimiter limiter, int requests) throws Exception {
        WebApp app = Shape.addAll(new WebApp().filter(new RateLimitFilter(limiter), DispatcherType.REQUEST));
        try (Container container = kind.start(app, folder)) {
            List<CompletableFuture<?>> quick = new ArrayList<>();
            List<CompletableFuture<?>> slow = new ArrayList<>();
            for (int lane = 0; lane < LANES; lane++) {
                quick.add(lane(() -> runQuick(container, requests)));
            }
            for (int lane = 0; lane < SLOW_LANES; lane++) {
                int first = lane;
                slow.add(lane(() -> runSlow(container, first, i -> i < FEWEST_SLOW_ENDINGS || next.get() < requests)));
            }
            CompletableFuture.allOf(quick.toArray(CompletableFuture[]::new)).get(20, TimeUnit.MINUTES);
            CompletableFuture.allOf(slow.toArray(CompletableFuture[]::new)).get(2, TimeUnit.MINUTES);
            Limiters.awaitNothingInFlight(limiter);
        }
        System.out.println(
                "EndingsTest: " + kind + ", " + requests + " requests, " + refused + " refused, " + admitted);
        assertThat(refused.get()).as("refused of " + requests).isLessThan(requests / 2);
        int fewest = requests / QUICK.length / 4;
        assertThat(QUICK)
                .allSatisfy(shape -> assertThat(count(shape)).as(shape.name()).isGreaterThan(fewest));
        assertThat(SLOW)
                .allSatisfy(shape -> assertThat(count(shape)).as(shape.name()).isGreaterThan(FEWEST_SLOW_ENDINGS / 2));
        assertThat(count(Shape.CLIENT_ABORT)).as("hung up in the middle").isGreaterThan(fewest / 4);
    }

    private int count(Shape shape) {
        return admitted.getOrDefault(shape, new AtomicInteger()).get();
    }

    private static CompletableFuture<Void> lane(Runnable run) {
        return CompletableFuture.runAsync(run, task -> new Thread(task, "endings").start());
    }

    private void runQuick(Container container, int requests) {
        for (int i = next.getAndIncrement(); i < requests; i = next.getAndIncrement()) {
            Shape shape = i % ONE_IN_SO_MANY_HANGS_UP == 0 ? Shape.CLIENT_ABORT : QUICK[i % QUICK.length];
            ask(container, shape, i % USERS);
        }
    }

    private void runSlow(Container container, int lane, IntPredicate goOn) {
        for (int i = 0; goOn.test(i); i++) {
            ask(container, SLOW[(lane + i) % SLOW.length], lane % USERS);
        }
    }

    private void ask(Container container, Shape shape, int user) {
        try {
            int status = shape.ask(container, "X-User: " + name(user)).status();
            if (status == 429) {
                refused.incrementAndGet();
            } else {
                assertThat(status).as(shape.name()).isEqualTo(shape == Shape.CLIENT_ABORT ? 200 : shape.status);
                admitted.computeIfAbsent(shape, first -> new AtomicInteger()).incrementAndGet();
            }
        } catch (IOException e) {
            throw new IllegalStateException(shape.name(), e);
        }
    }

    private static String name(int user) {
        return "user-" + user;
    }

    private static FakeRequest request(int user) {
        return FakeRequest.get("/plain").from("127.0.0.1").header("X-User", name(user));
    }

    /** Takes all places of all users, and finds none more: the store may still be told of the last ends. */
    private static void awaitAllPlaces(RateLimiter limiter) {
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> IntStream.range(0, USERS).forEach(user -> assertHasAllPlaces(limiter, user)));
    }

    private static void assertHasAllPlaces(RateLimiter limiter, int user) {
        List<Decision> taken = new ArrayList<>();
        try {
            for (int i = 0; i <= PLACES; i++) {
                taken.add(limiter.decide(request(user)));
            }
            assertThat(taken).as(name(user)).noneMatch(Decision::isDegraded);
            assertThat(taken.stream().filter(Decision::isAdmitted))
                    .as(name(user))
                    .hasSize(PLACES);
        } finally {
            taken.forEach(decision -> limiter.complete(decision, 200));
        }
    }
}

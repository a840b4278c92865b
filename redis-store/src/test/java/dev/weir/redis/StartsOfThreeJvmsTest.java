// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.SecurityPolicy;
import dev.weir.admission.Ask;
import dev.weir.admission.StartAnswer;
import dev.weir.config.Configuration;
import dev.weir.redisrig.Jvm;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A hundred threads of three JVMs start services for one user who may have ten: ten run. One JVM is killed: its are free. */
class StartsOfThreeJvmsTest {

    private static final Duration LIFE = Duration.ofSeconds(4);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MOST = 10;
    private static final int[] THREADS = {34, 33, 33};

    private static SecurityPolicy open(RedisClient client, String uri, String namespace) {
        RedisStoreBuilder settings =
                RedisStore.builder(client, RedisURI.create(uri)).namespace(namespace);
        RedisStore store = new RedisStore(settings, Script.SERVER_CLOCK, LIFE);
        await().atMost(PATIENCE).until(() -> store.heartbeat(PATIENCE.toNanos()) > 0);
        return SecurityPolicy.builder(
                        Configuration.parse(
                                "weir.yaml",
                                "{store: {type: redis, on-failure: closed, redis: {uri: \"" + uri
                                        + "\", deadline: 1s}},"
                                        + " admission: {start-rate: 10000/s},"
                                        + " profiles: {users: {bob: {tier: pro, rates: {service-starts: 1000/hour rolling}}}}}"))
                .store(store)
                .build();
    }

    private static boolean starts(SecurityPolicy policy, String service) {
        StartAnswer answer = policy.tryStart("bob", service, Ask.nothing());
        if (!answer.isAllowed()) {
            assertThat(answer.reason()).isEqualTo("Concurrent service limit reached (10/10)");
        }
        return answer.isAllowed();
    }

    @Test
    void exactlyTenRun_andThoseOfAKilledJvmAreFreeASecondAfterTheirLife() throws Exception {
        String namespace = TestRedis.newNamespace();
        List<Instance> instances = new ArrayList<>();
        try (SecurityPolicy policy = open(TestRedis.CLIENT, TestRedis.SERVER.uri(), namespace)) {
            for (int i = 0; i < THREADS.length; i++) {
                instances.add(new Instance(namespace, i, THREADS[i]));
            }
            for (Instance instance : instances) {
                assertThat(instance.jvm.answer()).isEqualTo("ready");
            }
            for (Instance instance : instances) {
                instance.jvm.tell("go");
            }
            int all = 0;
            for (Instance instance : instances) {
                instance.started = Integer.parseInt(instance.jvm.answer());
                all += instance.started;
            }
            assertThat(all).as("started by all").isEqualTo(MOST);
            assertThat(policy.services("bob")).isEqualTo(MOST);
            assertThat(policy.startedInTheLastHour("bob")).isEqualTo(MOST);
            await().during(LIFE.plusSeconds(1))
                    .atMost(LIFE.multipliedBy(3))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> !starts(policy, "more"));

            Instance killed = instances.stream()
                    .max(Comparator.comparingInt(instance -> instance.started))
                    .orElseThrow();
            killed.jvm.kill();
            assertThat(killed.jvm.awaitEnd(Duration.ofSeconds(10))).isPresent();
            long since = System.nanoTime();
            AtomicInteger taken = new AtomicInteger();
            await().atMost(LIFE.plusSeconds(1))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> starts(policy, "again-" + taken.get()) && taken.incrementAndGet() == killed.started);
            System.out.printf(
                    "StartsOfThreeJvmsTest: %d services of a killed JVM free after %d ms of a life of %d ms%n",
                    killed.started, (System.nanoTime() - since) / 1_000_000, LIFE.toMillis());
            assertThat(starts(policy, "one-more"))
                    .as("those of the others still run")
                    .isFalse();
        } finally {
            for (Instance instance : instances) {
                instance.close();
            }
        }
    }

    /** A JVM that starts services and lives on. */
    private static final class Instance implements AutoCloseable {

        private final Jvm jvm;
        private int started;

        Instance(String namespace, int number, int threads) throws IOException {
            this.jvm = Jvm.start(
                    Starter.class,
                    List.of("-Xmx96m", "-XX:+UseSerialGC"),
                    List.of(TestRedis.SERVER.uri(), namespace, Integer.toString(number), Integer.toString(threads)),
                    Redirect.INHERIT);
        }

        @Override
        public void close() throws IOException {
            jvm.close();
        }
    }

    /** The program of such a JVM. It ends with whoever has started it. */
    static final class Starter {

        private Starter() {}

        public static void main(String[] args) throws Exception {
            int threads = Integer.parseInt(args[3]);
            SecurityPolicy policy = open(RedisClient.create(), args[0], args[1]);
            ExecutorService pool = Executors.newFixedThreadPool(threads);
            System.out.println("ready");
            BufferedReader told = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            told.readLine();
            CyclicBarrier together = new CyclicBarrier(threads);
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                String service = "service-" + args[2] + "-" + i;
                all.add(pool.submit(() -> {
                    together.await();
                    return starts(policy, service);
                }));
            }
            int started = 0;
            for (Future<Boolean> one : all) {
                started += one.get() ? 1 : 0;
            }
            System.out.println(started);
            told.readLine();
            System.exit(0); // the client has threads that are no daemons
        }
    }
}

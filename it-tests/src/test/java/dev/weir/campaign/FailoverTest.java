// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.redisrig.FaultProxy;
import dev.weir.redisrig.RedisSentinel;
import dev.weir.redisrig.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three JVMs of eight threads on a master that changes five times: twice because somebody asks the sentinel for it, once
 * because it dies, and twice because it dies when its replica has not got what it has acknowledged.
 */
@Tag("heavy")
class FailoverTest {

    private static final int INSTANCES = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration UNCOPIED = Duration.ofMillis(1_500);
    private static final Duration CALM = Outages.RECOVERY.plusSeconds(1);

    @TempDir
    Path folder;

    private final long origin = System.nanoTime();
    private final long seed = Long.getLong("weir.seed", System.nanoTime());
    private final Clocks clocks = new Clocks();
    private final List<Incident> incidents = new ArrayList<>();
    private RedisSentinel redis;
    private RedisServer master;
    private RedisServer replica;

    @BeforeEach
    void start() throws IOException {
        // A machine that stalls for half a second must not make it change the master by itself.
        redis = RedisSentinel.start(Duration.ofSeconds(2));
        master = redis.first();
        replica = redis.second();
        awaitCopied();
    }

    @AfterEach
    void end() {
        redis.close();
    }

    private long now() {
        return System.nanoTime() - origin;
    }

    private void awaitCopied() {
        await().atMost(PATIENCE.multipliedBy(2)).ignoreExceptions().until(() -> redis.hasCopied(replica));
    }

    private void pause(Duration length) {
        long end = now() + length.toNanos();
        while (now() < end) {
            clocks.look();
            LockSupport.parkNanos(Math.min(TimeUnit.MILLISECONDS.toNanos(100), end - now()));
        }
    }

    /** Waits until the replica is what the sentinel tells, and then calls the two by their new names. */
    private void awaitChange() {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> redis.isMaster(replica));
        RedisServer old = master;
        master = replica;
        replica = old;
    }

    /**
     * The sentinel tells the old master some ten seconds after the new one. Until then both take charges: whoever is connected
     * stays where he is.
     */
    private void command() {
        long from = now();
        await().atMost(PATIENCE)
                .ignoreExceptions() // it refuses for a while after the last one
                .until(redis::failover);
        awaitChange();
        AtomicLong begin = new AtomicLong(now());
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
            long before = now();
            if (replica.ask("ROLE").contains("slave")) {
                return true;
            }
            begin.set(before);
            return false;
        });
        add("COMMANDED", begin.get(), Incident.Loss.split(from, now()));
        awaitCopied();
    }

    private void add(String name, long begin, Incident.Loss loss) {
        incidents.add(new Incident(name, begin, now(), Incident.ALL, true, List.of(loss)));
    }

    /** @param copied whether what it has acknowledged is with its replica, but for the last moment */
    private void kill(boolean copied) throws IOException {
        String marker = "marker-" + incidents.size();
        try (FaultProxy proxy = FaultProxy.to(master.port())) {
            if (!copied) {
                assertThat(replica.ask("REPLICAOF", "127.0.0.1", Integer.toString(proxy.port())))
                        .contains("OK");
                awaitCopied();
                proxy.swallowReplies();
                assertThat(master.ask("SET", marker, "1", "EX", "60")).isEqualTo("OK");
                pause(UNCOPIED);
            }
            long begin = now();
            master.kill();
            long dead = now();
            awaitChange();
            add(copied ? "KILLED" : "KILLED_UNCOPIED", begin, Incident.Loss.at(dead, dead));
        }
        if (!copied) {
            assertThat(master.ask("EXISTS", marker))
                    .as("what was acknowledged, at the new master")
                    .isEqualTo("0");
        }
        replica.restart();
        replica.ask("REPLICAOF", "127.0.0.1", Integer.toString(master.port()));
        awaitCopied();
    }

    @Test
    void failovers_costACapacityEachAtMost() throws Exception {
        System.out.printf("FailoverTest: seed %d%n", seed);
        try (Fleet fleet = new Fleet(folder)) {
            fleet.start(new Instance.Task(redis.uri(), origin, seed, folder, 0, INSTANCES, Mutant.NONE));
            pause(Duration.ofSeconds(2)); // until each has counted all
            long from = now();
            fleet.tell("go");
            pause(CALM);
            command();
            pause(CALM);
            fleet.measure();
            kill(false);
            pause(CALM);
            kill(true);
            pause(CALM);
            kill(false);
            pause(CALM);
            command();
            pause(CALM);
            fleet.measure();
            long to = now();
            fleet.end();
            judge(fleet, from, to);
        }
    }

    private void judge(Fleet fleet, long from, long to) throws IOException {
        assertThat(clocks.drift()).as("the clocks of this machine were set").isLessThan(Clocks.MOST_DRIFT);
        Judge judge =
                new Judge(INSTANCES, incidents, Clocks.STEP.plus(clocks.drift()).toNanos());
        fleet.report(judge::add);
        judge.stalled(fleet.stalls());
        Outages outages = judge.judge(from, to);
        fleet.assertNoGrowth();
        outages.all()
                .forEach(outage -> System.out.printf(
                        "FailoverTest: %s for %.1f s, and %d ms until all were back%n",
                        outage.name(), (outage.healed() - outage.from()) / 1e9, outage.recoveryNanos() / 1_000_000));
        System.out.println("FailoverTest: " + judge.size() + " answers, " + judge.counts());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import dev.weir.identity.Identity;
import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ItemTemplate;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Rate;
import dev.weir.testkit.FakeRequest;
import dev.weir.testkit.ManualClock;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bytes are counts: the same on every machine, however busy it is. */
class AllocationTest {

    private static final int TIMES = 100_000;
    private static final String IDENTITY = "identity: {tenant: [{attribute: tenant}]}\nrules:\n";

    private static volatile Object sink;

    private final ManualClock clock = new ManualClock();
    private final MemoryStore store = new MemoryStore(1000, clock);
    private final Key fred = Key.of(Scope.USER, "fred");

    private static ItemTemplate template(Limit limit) {
        return new ItemTemplate(Action.TAKE, limit, "api", 1);
    }

    @Test
    void chargeOfOneBucket_allocatesNothingInTheStore() throws ReflectiveOperationException {
        ItemTemplate bucket = template(
                new BucketLimit(List.of(new Rate(20, Duration.ofMinutes(1).toNanos(), 20)), 0));
        assertThat(bytesInTheStore(bucket)).isZero();
    }

    @Test
    void chargeOfOneLease_allocatesOneHandle() throws ReflectiveOperationException {
        assertThat(bytesInTheStore(template(new LeaseLimit(10, 0)))).isBetween(16L, 40L);
    }

    private long bytesInTheStore(ItemTemplate template) throws ReflectiveOperationException {
        long building = bytes(() -> sink = charge(template));
        long charging = bytes(() -> {
            clock.advanceNanos(4_500_000_000L);
            Charge charge = charge(template);
            store.charge(charge, 0);
            if (charge.item(0).lease() != null) {
                charge.item(0).lease().release();
            }
            sink = charge;
        });
        assertThat(building).isPositive();
        return charging - building;
    }

    private Charge charge(ItemTemplate template) {
        Charge charge = new Charge(1);
        charge.add(template.item(null, fred));
        return charge;
    }

    /** The aim of the design: 150 bytes for one bucket, 48 for each further one. */
    @Test
    void decision_allocatesLittleMoreThanItsItems() throws ReflectiveOperationException {
        String one = "- {name: a, path: /**, per: user, rate: 1000000/min}\n";
        String three = one + "- {name: b, path: /**, per: tenant, rate: 1000000/min}\n"
                + "- {name: c, path: /**, per: everyone, rate: 1000000/min}\n";
        assertThat(bytesOfADecision(one)).isBetween(100L, 150L);
        assertThat(bytesOfADecision(three)).isBetween(200L, 150L + 2 * 48);
    }

    /** A refusal has an event beside its decision, whose address is text only for whoever reads it. */
    @Test
    void refusal_allocatesItsDecisionAndOneEvent() throws ReflectiveOperationException {
        String one = "- {name: a, path: /**, per: user, rate: 1/day}\n";
        assertThat(bytesOfADecision(one)).isBetween(150L, 150L + 200L);
    }

    /** What watches for overload costs nothing while there is none. */
    @Test
    void decisionOfACalmServer_allocatesNoMoreThanOthers() throws ReflectiveOperationException {
        String one = "- {name: a, path: /**, per: user, rate: 1000000/min}\n";
        assertThat(bytesOfADecision(one + "overload: {cpu: 100%, memory: 100%}\n"))
                .isEqualTo(bytesOfADecision(one));
    }

    private static long bytesOfADecision(String rules) throws ReflectiveOperationException {
        Identity caller = Identity.of("acme", "fred", "192.0.2.1");
        FakeRequest request = FakeRequest.get("/hello");
        try (RateLimiter limiter = RateLimiter.builder(Configuration.parse("weir.yaml", IDENTITY + rules))
                .resolver(unused -> caller)
                .build()) {
            return bytes(() -> {
                Decision decision = limiter.decide(request);
                limiter.complete(decision, 200);
                sink = decision;
            });
        }
    }

    /** Bytes of one run, the compiler's own noise left out by taking the least of several rounds. */
    private static long bytes(Runnable work) throws ReflectiveOperationException {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = allocated();
            for (int i = 0; i < TIMES; i++) {
                work.run();
            }
            least = Math.min(least, (allocated() - before) / TIMES);
        }
        return least;
    }

    /** By reflection, because the module under test does not read the modules of the beans. */
    private static long allocated() throws ReflectiveOperationException {
        Object threads = Class.forName("java.lang.management.ManagementFactory")
                .getMethod("getThreadMXBean")
                .invoke(null);
        Method bytes = Class.forName("com.sun.management.ThreadMXBean").getMethod("getCurrentThreadAllocatedBytes");
        return (long) bytes.invoke(threads);
    }
}

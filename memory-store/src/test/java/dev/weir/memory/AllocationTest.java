// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Rate;
import dev.weir.testkit.ManualClock;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllocationTest {

    private static final int TIMES = 100_000;

    private static volatile Charge sink;

    private final ManualClock clock = new ManualClock();
    private final MemoryStore store = new MemoryStore(1000, clock);
    private final BucketLimit limit =
            new BucketLimit(List.of(new Rate(20, Duration.ofMinutes(1).toNanos(), 20)), 0);
    private final Key fred = Key.of(Scope.USER, "fred");

    @Test
    void chargeOfOneBucket_allocatesNothingInTheStore() throws ReflectiveOperationException {
        bytes(true);
        bytes(false);
        long charging = bytes(true);
        long building = bytes(false);
        assertThat(building).isPositive();
        assertThat(sink).isNotNull();
        assertThat(charging - building).isLessThan(TIMES);
    }

    private long bytes(boolean charging) throws ReflectiveOperationException {
        long before = allocated();
        for (int i = 0; i < TIMES; i++) {
            Charge charge = new Charge(1);
            charge.add(new ChargeItem(Action.TAKE, limit, "api", null, fred, 1));
            sink = charge;
            if (charging) {
                clock.advanceNanos(1_500_000_000);
                store.charge(charge, 0);
            }
        }
        return allocated() - before;
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

// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.memory.MemoryStore;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.Lease;
import dev.weir.store.Limit;
import dev.weir.store.RateLimitStore;
import dev.weir.testkit.ManualClock;
import dev.weir.testkit.ModelContract;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** One random trace, its times in milliseconds, through memory, Redis and the plain model at once: all three say the same. */
class SameTraceTest implements ModelContract {

    private static final long MILLI = 1_000_000;

    @Override
    public RateLimitStore newStore(ManualClock clock, long maxKeys) {
        return new Both(new MemoryStore(maxKeys, clock), TestRedis.timed(clock));
    }

    @Override
    public Duration clockResolution() {
        return Duration.ofMillis(1);
    }

    @Test
    void threeTraces_areTheSame() {
        for (long seed : new long[] {1, 20_261_126, -7}) {
            agree(3_500, seed);
        }
    }

    private record Tied(Lease inMemory, Lease inRedis) implements Lease {

        @Override
        public ItemKey key() {
            return inRedis.key();
        }

        @Override
        public void release() {
            inMemory.release();
            inRedis.release();
        }
    }

    /** Whatever one is told, the other is told too, and what they answer is compared. */
    private record Both(RateLimitStore memory, RateLimitStore redis) implements RateLimitStore {

        @Override
        public void charge(Charge charge, long deadlineNanos) {
            Charge twin = new Charge(charge.size());
            charge.items().forEach(item -> twin.add(item.as(item.action())));
            memory.charge(twin, deadlineNanos);
            redis.charge(charge, deadlineNanos);
            assertThat(charge.outcome()).isEqualTo(twin.outcome());
            for (int i = 0; i < charge.size(); i++) {
                compare(twin.item(i), charge.item(i));
                tie(charge.item(i), twin.item(i).lease());
            }
        }

        private static void compare(ChargeItem inMemory, ChargeItem inRedis) {
            assertThat(inRedis.verdict()).as("%s", inRedis).isEqualTo(inMemory.verdict());
            assertThat(inRedis.inForce().size()).isEqualTo(inMemory.inForce().size());
            for (int rate = 0; rate < inRedis.inForce().size(); rate++) {
                assertThat(inRedis.available(rate)).as("left of %s", inRedis).isEqualTo(inMemory.available(rate));
                assertThat(millis(inRedis.waitNanos(rate)))
                        .as("wait of %s", inRedis)
                        .isEqualTo(millis(inMemory.waitNanos(rate)));
                assertThat(millis(inRedis.resetNanos(rate)))
                        .as("reset of %s", inRedis)
                        .isEqualTo(millis(inMemory.resetNanos(rate)));
            }
        }

        private static long millis(long nanos) {
            return nanos == Long.MAX_VALUE ? nanos : (nanos + MILLI - 1) / MILLI;
        }

        /** Who gives back what he has from one gives it back to both. */
        private static void tie(ChargeItem item, Lease inMemory) {
            Lease inRedis = item.lease();
            assertThat(inRedis == null).as("lease of %s", item).isEqualTo(inMemory == null);
            if (inRedis != null) {
                item.lease(new Tied(inMemory, inRedis));
            }
        }

        @Override
        public void release(ItemKey key, String leaseId) {
            memory.release(key, leaseId);
            redis.release(key, leaseId);
        }

        @Override
        public void refill(ItemKey key) {
            memory.refill(key);
            redis.refill(key);
        }

        @Override
        public void remove(ItemKey key) {
            memory.remove(key);
            redis.remove(key);
        }

        @Override
        public void check(Limit limit) {
            redis.check(limit);
        }

        @Override
        public void close() {
            memory.close();
            redis.close();
        }
    }
}

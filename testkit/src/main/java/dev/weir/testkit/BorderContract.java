// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static dev.weir.testkit.Rig.MINUTE;
import static dev.weir.testkit.Rig.rate;
import static dev.weir.testkit.Rig.rolling;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.store.Action;
import dev.weir.store.ChargeItem;
import dev.weir.store.RollingLimit;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * What a store promises at the borders: of a capacity, of the largest numbers, and of what a clock can count.
 *
 * @since 0.1
 */
public interface BorderContract extends StoreFixture {

    /** Ten thousand in a rolling quota are ten thousand, whether they came together or bit by bit. */
    @Test
    default void border_ofTheLargestRollingQuotaIsExact() {
        int most = (int) RollingLimit.MAX_AMOUNT;
        RollingLimit limit = rolling(0, rate(most, MINUTE), rate(most, Duration.ofMinutes(2)));
        try (Rig rig = new Rig(this)) {
            assertEquals(1, rig.ask(Action.TAKE, limit, most - 1).available(0));
            assertEquals(0, rig.take(limit).available(0));
            assertEquals(MINUTE.toNanos(), rig.ask(Action.TAKE, limit, most).waitNanos(0));
            rig.assertWaitIsExact(rig.ask(Action.TAKE, limit, most));
            rig.advance(Duration.ofMinutes(2));
            for (int taken = 10; taken <= most; taken += 10) {
                assertEquals(most - taken, rig.ask(Action.TAKE, limit, 10).available(0));
                rig.advance(Duration.ofMillis(1));
            }
            ChargeItem half = rig.ask(Action.TAKE, limit, most / 2);
            assertEquals(MINUTE.minusMillis(most / 20 + 1).toNanos(), half.waitNanos(0));
            rig.assertWaitIsExact(half);
        }
    }
}

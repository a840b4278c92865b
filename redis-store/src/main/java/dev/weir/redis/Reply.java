// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.store.RollingLimit;
import dev.weir.store.Verdict;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what {@code charge.lua} answers: for each item one number that holds its verdict (below 4), the outcome of the charge
 * (times 4) and the number of rates of the limit in force if that is not the item's own (times 16); in that case its version in
 * two halves and its rates; then for each rate what is left, the wait (-1 for never) unless the item has passed, and the reset,
 * both in milliseconds. Not thread-safe.
 */
final class Reply {

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final Verdict[] VERDICTS = {Verdict.PASSED, Verdict.REFUSED, Verdict.IMPOSSIBLE};
    private static final Outcome[] OUTCOMES = {Outcome.ADMITTED, Outcome.REFUSED, Outcome.IMPOSSIBLE};

    private final long[] numbers;
    private int next;

    private Reply(long[] numbers) {
        this.numbers = numbers;
    }

    /**
     * Writes what was found into the items of a charge.
     *
     * @throws IndexOutOfBoundsException if the reply is not one to this charge
     * @throws IllegalArgumentException if a number in it is out of range
     */
    static Outcome read(long[] numbers, Charge charge) {
        Reply reply = new Reply(numbers);
        Outcome outcome = Outcome.ADMITTED; // which nothing is
        for (int i = 0; i < charge.size(); i++) {
            outcome = reply.item(charge.item(i));
        }
        return outcome;
    }

    private long next() {
        return numbers[next++];
    }

    private long millis() {
        long millis = next();
        if (millis > Long.MAX_VALUE / NANOS_PER_MILLI) {
            return Long.MAX_VALUE - 1; // far, but not never
        }
        return millis < 0 ? Long.MAX_VALUE : millis * NANOS_PER_MILLI;
    }

    private Outcome item(ChargeItem item) {
        int code = (int) next();
        int rates = code >> 4;
        Verdict verdict = VERDICTS[code & 3];
        item.verdict(verdict);
        item.holdTo(rates == 0 ? item.limit() : stored(item, rates));
        for (int i = 0; i < item.inForce().size(); i++) {
            long available = next();
            long wait = verdict == Verdict.PASSED ? 0 : millis();
            long reset = millis();
            item.report(i, available, wait, reset);
        }
        return OUTCOMES[code >> 2 & 3];
    }

    private Limit stored(ChargeItem item, int count) {
        long version = next() << Integer.SIZE | next();
        if (item.limit() instanceof LeaseLimit) {
            return new LeaseLimit(next(), version);
        }
        boolean bucket = item.limit() instanceof BucketLimit;
        List<Rate> rates = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long capacity = next();
            long amount = bucket ? next() : capacity;
            rates.add(new Rate(amount, millis(), capacity));
        }
        return bucket ? new BucketLimit(rates, version) : new RollingLimit(rates, version);
    }
}

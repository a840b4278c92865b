// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.store.ItemKind;
import dev.weir.store.Limit;
import dev.weir.store.Rate;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What a {@link Crowd} was admitted and refused, key by key. Each thread writes one of its own, and they are put together
 * afterwards. Not thread-safe.
 */
final class History {

    private final Of[][] keys = new Of[Crowd.ITEMS][];
    private final Crowd crowd;
    private long charges;

    History(Crowd crowd) {
        this.crowd = crowd;
        for (int item = 0; item < Crowd.ITEMS; item++) {
            keys[item] = new Of[Crowd.keys(item)];
            for (int key = 0; key < keys[item].length; key++) {
                keys[item][key] = new Of(new Spans(), new Spans(), new Spans());
            }
        }
    }

    /** {@return what is known of one key} */
    Of of(int item, int key) {
        return keys[item][key];
    }

    /** {@return how many charges there were} */
    long charges() {
        return charges;
    }

    void countCharge() {
        charges++;
    }

    void addAll(History other) {
        charges += other.charges;
        for (int item = 0; item < Crowd.ITEMS; item++) {
            for (int key = 0; key < keys[item].length; key++) {
                Of into = keys[item][key];
                Of from = other.keys[item][key];
                into.taken.addAll(from.taken);
                into.refused.addAll(from.refused);
                into.returned.addAll(from.returned);
            }
        }
    }

    void write(DataOutput out) throws IOException {
        out.writeLong(charges);
        for (Of[] ofItem : keys) {
            for (Of of : ofItem) {
                of.taken.write(out);
                of.refused.write(out);
                of.returned.write(out);
            }
        }
    }

    void read(DataInput in) throws IOException {
        charges += in.readLong();
        for (Of[] ofItem : keys) {
            for (Of of : ofItem) {
                of.taken.read(in);
                of.refused.read(in);
                of.returned.read(in);
            }
        }
    }

    /** Lets everything begin so much earlier, because the clock of the store may have shown an earlier time. */
    void widen(long nanos) {
        for (Of[] ofItem : keys) {
            for (Of of : ofItem) {
                of.taken.widen(nanos);
                of.refused.widen(nanos);
                of.returned.widen(nanos);
            }
        }
    }

    /** Judges all keys. */
    void check() {
        for (int item = 0; item < Crowd.ITEMS; item++) {
            long refused = 0;
            for (int key = 0; key < keys[item].length; key++) {
                check(item, key);
                refused += keys[item][key].refused.size();
            }
            int of = item;
            assertTrue(refused > 0, () -> "the limits of item " + of + " have refused nobody, so nothing is shown");
        }
        Of hot = of(Crowd.USER, Crowd.HOT);
        Rate rate = rate(crowd.limit(Crowd.HOT, Crowd.USER), 0);
        boolean often = new HistoryChecker("the hot key").nearlyAll(rate, hot.taken, hot.refused);
        assertTrue(often, "the hot key was not asked for all the time");
    }

    private void check(int item, int key) {
        Limit limit = crowd.limit(key, item);
        Of of = of(item, key);
        HistoryChecker checker = new HistoryChecker(crowd.name(key, item));
        if (limit.kind() == ItemKind.LEASE) {
            checker.leases(limit.capacity(0), of.taken, of.returned, of.refused);
            return;
        }
        for (int i = 0; i < limit.size(); i++) {
            // Which of several rates has refused is not known, and all but the first are too wide to do it.
            Spans refused = i == 0 ? of.refused : new Spans();
            if (limit.kind() == ItemKind.BUCKET) {
                checker.bucket(rate(limit, i), of.taken, refused);
            } else {
                checker.rolling(rate(limit, i), of.taken, refused);
            }
        }
    }

    private static Rate rate(Limit limit, int rate) {
        return new Rate(limit.amount(rate), limit.periodNanos(rate), limit.capacity(rate));
    }

    /** One key. */
    record Of(Spans taken, Spans refused, Spans returned) {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static java.util.Objects.requireNonNull;

import dev.weir.ItemTag.RateText;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKind;
import dev.weir.store.Verdict;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Goes through the rates of a charge that were looked at, leases left out, and numbers those of each rule from 1. Not thread-safe. */
final class RateCursor {

    private final Charge charge;
    private int index = -1;
    private @Nullable ChargeItem item;
    private int rate;
    private int number;

    RateCursor(Charge charge) {
        this.charge = charge;
    }

    /** Goes on to the next rate, and answers whether there was one. */
    boolean next() {
        if (item != null && rate + 1 < item.inForce().size()) {
            rate++;
            number++;
            return true;
        }
        while (++index < charge.size()) {
            ChargeItem found = charge.item(index);
            if (found.kind() != ItemKind.LEASE && found.verdict() != Verdict.UNDECIDED) {
                number = item != null && item.rule().equals(found.rule()) ? number + 1 : 1;
                item = found;
                rate = 0;
                return true;
            }
        }
        return false;
    }

    /** Goes to the tightest of the rates that have a place in headers, and answers whether there is one. */
    boolean toTightest() {
        ChargeItem tightest = null;
        int itsRate = 0;
        int itsNumber = 0;
        while (next()) {
            ChargeItem candidate = item();
            if (Decision.shown(candidate) && (tightest == null || isTighter(candidate, rate, tightest, itsRate))) {
                tightest = candidate;
                itsRate = rate;
                itsNumber = number;
            }
        }
        item = tightest;
        rate = itsRate;
        number = itsNumber;
        return tightest != null;
    }

    private static boolean isTighter(ChargeItem a, int rateOfA, ChargeItem b, int rateOfB) {
        long waitOfA = Decision.refused(a) ? a.waitNanos(rateOfA) : 0;
        long waitOfB = Decision.refused(b) ? b.waitNanos(rateOfB) : 0;
        if (waitOfA != waitOfB) {
            return waitOfA > waitOfB;
        }
        int byRemaining =
                Double.compare((double) a.available(rateOfA) / a.cost(), (double) b.available(rateOfB) / b.cost());
        return byRemaining != 0 ? byRemaining < 0 : a.resetNanos(rateOfA) > b.resetNanos(rateOfB);
    }

    ChargeItem item() {
        return requireNonNull(item);
    }

    long remaining() {
        return item().available(rate);
    }

    long resetSeconds() {
        return Decision.ceilSeconds(item().resetNanos(rate));
    }

    boolean refused() {
        return Decision.refused(item()) && item().waitNanos(rate) > 0;
    }

    RateText text() {
        return ItemTag.textOf(item(), rate, number);
    }

    RateState state() {
        return new RateState(
                item().rule(),
                RateText.name(item().rule(), number),
                item().inForce().capacity(rate),
                remaining(),
                Duration.ofNanos(item().resetNanos(rate)),
                refused());
    }
}

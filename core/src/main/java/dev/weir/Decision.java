// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.key.Scope;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKind;
import dev.weir.store.Outcome;
import dev.weir.store.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What was decided about one request: admitted or not, by which rule, what remains, when to come back.
 *
 * <p>What it says can change once, when a rule that counts answers is settled. Safe to read from any thread after that.
 *
 * @since 0.1
 */
public final class Decision {

    /** What becomes of the request. */
    public enum Status {
        /** It passes, and was counted. */
        ADMITTED,
        /** It passes, and was not counted. */
        EXEMPT,
        /** It is refused for now: 429. */
        REFUSED,
        /** It costs more than a quota can ever hold: 429, without a time to come back. */
        IMPOSSIBLE,
        /** The caller is blocked: 403. */
        BLOCKED,
        /** The store did not answer and a rule is closed then: 503. */
        UNAVAILABLE
    }

    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int JITTER_DIVISOR = 10;
    private static final Charge NOTHING = new Charge(0);

    private final Status status;
    private final Charge charge;
    private final boolean degraded;
    private final @Nullable String blockReason;
    private final long retryAfterSeconds;
    private final boolean counts;
    private final AtomicBoolean completed = new AtomicBoolean();

    private Decision(Status status, Charge charge, boolean degraded, @Nullable String blockReason, boolean counts) {
        this.status = status;
        this.charge = charge;
        this.degraded = degraded;
        this.blockReason = blockReason;
        this.counts = counts;
        this.retryAfterSeconds = retrySeconds();
    }

    static Decision exempt() {
        return new Decision(Status.EXEMPT, NOTHING, false, null, false);
    }

    static Decision blocked(String reason) {
        return new Decision(Status.BLOCKED, NOTHING, false, reason, false);
    }

    /** The store decided. {@code counts} tells that a rule is to be settled after the answer. */
    static Decision of(Charge charge, boolean counts) {
        Status status = switch (charge.outcome()) {
            case ADMITTED -> Status.ADMITTED;
            case REFUSED -> Status.REFUSED;
            case IMPOSSIBLE -> Status.IMPOSSIBLE;
            case NOT_SENT, PERHAPS_SENT -> throw new IllegalArgumentException("the store did not decide");
        };
        return new Decision(status, charge, false, null, counts && status == Status.ADMITTED);
    }

    /** The store did not decide. */
    static Decision degraded(boolean admitted) {
        return new Decision(admitted ? Status.ADMITTED : Status.UNAVAILABLE, NOTHING, true, null, false);
    }

    /* Design: rounded up, so that it is never early, and up to a tenth later, so that callers who were refused together do
     * not come back together. */
    private long retrySeconds() {
        if (status == Status.UNAVAILABLE) {
            return 1;
        }
        if (status != Status.REFUSED) {
            return 0;
        }
        long longest = 0;
        for (int i = 0; i < charge.size(); i++) {
            ChargeItem item = charge.item(i);
            if (refused(item) && item.kind() != ItemKind.LEASE) {
                longest = Math.max(longest, item.waitNanos());
            }
        }
        long seconds = Math.max(1, ceilSeconds(longest));
        return seconds + ThreadLocalRandom.current().nextLong(seconds / JITTER_DIVISOR + 1);
    }

    static long ceilSeconds(long nanos) {
        return nanos / NANOS_PER_SECOND + (nanos % NANOS_PER_SECOND == 0 ? 0 : 1);
    }

    static boolean refused(ChargeItem item) {
        return !item.isShadow() && item.verdict() != Verdict.PASSED;
    }

    /** Whether an item has a place in headers: not a shadow, and per everyone only where it refused. */
    static boolean shown(ChargeItem item) {
        return !item.isShadow() && (item.per().scope() != Scope.EVERYONE || item.verdict() != Verdict.PASSED);
    }

    /** {@return what becomes of the request} */
    public Status status() {
        return status;
    }

    /** {@return whether the request passes} */
    public boolean isAdmitted() {
        return status == Status.ADMITTED || status == Status.EXEMPT;
    }

    /** {@return whether the store did not answer and the rules' failure policy decided} */
    public boolean isDegraded() {
        return degraded;
    }

    /** {@return how long to wait before the next try, empty if the request passed or can never pass} */
    public Optional<Duration> retryAfter() {
        return retryAfterSeconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(retryAfterSeconds));
    }

    /** {@return the names of the rules that refused, in the order of the file} */
    public List<String> refusingRules() {
        return names(false);
    }

    /** {@return the names of the rules in shadow mode that would have refused, in the order of the file} */
    public List<String> shadowRefusals() {
        return names(true);
    }

    /** {@return why the caller is blocked, for the operator and not for the caller; empty if he is not} */
    public Optional<String> blockReason() {
        return Optional.ofNullable(blockReason);
    }

    private List<String> names(boolean shadow) {
        List<String> names = List.of();
        for (int i = 0; i < charge.size(); i++) {
            ChargeItem item = charge.item(i);
            if (item.isShadow() == shadow && item.verdict() != Verdict.PASSED && !names.contains(item.rule())) {
                names = new ArrayList<>(names);
                names.add(item.rule());
            }
        }
        return List.copyOf(names);
    }

    /** {@return where the caller stands with all rates that were asked, but not those in shadow mode} */
    public List<RateState> rates() {
        List<RateState> rates = new ArrayList<>(charge.size());
        forEachRate((item, rate, number) -> rates.add(state(item, rate, number)), item -> !item.isShadow());
        return rates;
    }

    /**
     * Returns the rate that the {@code X-RateLimit-*} headers speak of: of those that refused the one with the longest
     * wait, else the one of which the fewest such requests remain.
     *
     * @return the tightest rate, empty if no rate was counted
     */
    public Optional<RateState> tightest() {
        Tightest tightest = new Tightest();
        forEachRate(tightest, Decision::shown);
        ChargeItem item = tightest.item;
        return item == null ? Optional.empty() : Optional.of(state(item, tightest.rate, tightest.number));
    }

    private static RateState state(ChargeItem item, int rate, int number) {
        return new RateState(
                item.rule(),
                policyName(item.rule(), number),
                item.inForce().capacity(rate),
                item.available(rate),
                Duration.ofNanos(item.resetNanos(rate)),
                refused(item) && item.waitNanos(rate) > 0);
    }

    static String policyName(String rule, int number) {
        return number == 1 ? rule : rule + "-" + number;
    }

    /** Is shown one rate; its number counts the rates of its rule from 1. */
    interface RateVisitor {
        void visit(ChargeItem item, int rate, int number);
    }

    void forEachRate(RateVisitor visitor, Predicate<ChargeItem> which) {
        int number = 0;
        String rule = "";
        for (int i = 0; i < charge.size(); i++) {
            ChargeItem item = charge.item(i);
            if (item.kind() == ItemKind.LEASE) {
                continue;
            }
            number = item.rule().equals(rule) ? number : 0;
            rule = item.rule();
            for (int rate = 0; rate < item.inForce().size(); rate++) {
                number++;
                if (which.test(item)) {
                    visitor.visit(item, rate, number);
                }
            }
        }
    }

    /** Keeps the tightest of the rates that it is shown. */
    private static final class Tightest implements RateVisitor {
        private @Nullable ChargeItem item;
        private int rate;
        private int number;

        @Override
        public void visit(ChargeItem candidate, int candidateRate, int candidateNumber) {
            if (item == null || isTighter(candidate, candidateRate, item, rate)) {
                item = candidate;
                rate = candidateRate;
                number = candidateNumber;
            }
        }

        private static boolean isTighter(ChargeItem a, int rateOfA, ChargeItem b, int rateOfB) {
            long waitOfA = refused(a) ? a.waitNanos(rateOfA) : 0;
            long waitOfB = refused(b) ? b.waitNanos(rateOfB) : 0;
            if (waitOfA != waitOfB) {
                return waitOfA > waitOfB;
            }
            int byRemaining =
                    Double.compare((double) a.available(rateOfA) / a.cost(), (double) b.available(rateOfB) / b.cost());
            return byRemaining != 0 ? byRemaining < 0 : a.resetNanos(rateOfA) > b.resetNanos(rateOfB);
        }
    }

    // For the limiter

    Charge charge() {
        return charge;
    }

    long retryAfterSeconds() {
        return retryAfterSeconds;
    }

    boolean counts() {
        return counts;
    }

    boolean holdsLeases() {
        if (charge.outcome() == Outcome.ADMITTED) {
            for (int i = 0; i < charge.size(); i++) {
                if (charge.item(i).lease() != null) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Answers true to one caller only. */
    boolean tryComplete() {
        return completed.compareAndSet(false, true);
    }

    @Override
    public String toString() {
        return "Decision[" + status + (degraded ? ", degraded" : "") + ", " + rates() + "]";
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.identity.IpAddress;
import dev.weir.key.Scope;
import dev.weir.plan.Rule;
import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKind;
import dev.weir.store.Outcome;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
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
        UNAVAILABLE,
        /** The server is overloaded, and sheds this request before others; it was not counted: 503. */
        SHED
    }

    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int JITTER_DIVISOR = 10;
    private static final Charge NOTHING = new Charge(0);
    private static final VarHandle COMPLETED = completed();

    private final Status status;
    private final Charge charge;
    private final boolean degraded;
    private final int retryAfterSeconds;
    private @Nullable Object about; // a Detail, or no more than the address that an admitted request came from

    @SuppressWarnings("UnusedVariable") // COMPLETED reads and sets it
    private volatile boolean completed;

    /* Design: what few decisions have stands in an object of its own, so that the others stay small. */
    private record Detail(
            @Nullable String blockReason,
            @Nullable IpAddress address,
            Stage stage,
            @Nullable Charge both) {}

    private Decision(Status status, Charge charge, boolean degraded, @Nullable String blockReason) {
        this.status = status;
        this.charge = charge;
        this.degraded = degraded;
        this.about = blockReason == null ? null : new Detail(blockReason, null, Stage.WHOLE, null);
        this.retryAfterSeconds = retrySeconds();
    }

    private Decision(int shedSeconds) {
        this.status = Status.SHED;
        this.charge = NOTHING;
        this.degraded = false;
        this.retryAfterSeconds = shedSeconds;
    }

    /* Design: an AtomicBoolean would be one more object at each request. */
    private static VarHandle completed() {
        try {
            return MethodHandles.lookup().findVarHandle(Decision.class, "completed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    static Decision exempt() {
        return new Decision(Status.EXEMPT, NOTHING, false, null);
    }

    static Decision blocked(String reason) {
        return new Decision(Status.BLOCKED, NOTHING, false, reason);
    }

    /**
     * The server is overloaded.
     *
     * @param seconds when to come back, at least 1
     */
    static Decision shed(int seconds) {
        return new Decision(seconds);
    }

    /**
     * A store decided.
     *
     * @param degraded whether it is the memory of this instance that did, because the shared store has not
     */
    static Decision of(Charge charge, boolean degraded) {
        Status status = switch (charge.outcome()) {
            case ADMITTED -> Status.ADMITTED;
            case REFUSED -> Status.REFUSED;
            case IMPOSSIBLE -> Status.IMPOSSIBLE;
            case NOT_SENT, PERHAPS_SENT -> throw new IllegalArgumentException("the store did not decide");
        };
        return new Decision(status, charge, degraded, null);
    }

    /** No store decided. */
    static Decision degraded(boolean admitted) {
        return new Decision(admitted ? Status.ADMITTED : Status.UNAVAILABLE, NOTHING, true, null);
    }

    /** Says where it was made, before anybody sees it. */
    Decision in(Stage where, @Nullable Charge ofBoth) {
        this.about = new Detail(blockReason().orElse(null), address(), where, ofBoth);
        return this;
    }

    private @Nullable Detail detail() {
        return about instanceof Detail detail ? detail : null;
    }

    /* Design: rounded up, so that it is never early, and up to a tenth later, so that callers who were refused together do
     * not come back together. */
    private int retrySeconds() {
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
        return (int) Math.min(
                Integer.MAX_VALUE, seconds + ThreadLocalRandom.current().nextLong(seconds / JITTER_DIVISOR + 1));
    }

    static long ceilSeconds(long nanos) {
        return nanos / NANOS_PER_SECOND + (nanos % NANOS_PER_SECOND == 0 ? 0 : 1);
    }

    static boolean refused(ChargeItem item) {
        return !item.isShadow() && item.verdict().refuses();
    }

    /** Whether an item has a place in headers: not a shadow, and per everyone only where it refused. */
    static boolean shown(ChargeItem item) {
        return !item.isShadow()
                && (item.per().scope() != Scope.EVERYONE || item.verdict().refuses());
    }

    /** {@return what becomes of the request} */
    public Status status() {
        return status;
    }

    /** {@return at which stage it was made} */
    public Stage stage() {
        Detail detail = detail();
        return detail == null ? Stage.WHOLE : detail.stage();
    }

    /** {@return whether the request passes} */
    public boolean isAdmitted() {
        return status == Status.ADMITTED || status == Status.EXEMPT;
    }

    /**
     * Tells whether the store did not answer in time, or only for some of the rules, so that the failure policies of the others
     * decided. Of rules that went on in this instance's memory the numbers are those of its share of the limits.
     *
     * @return whether it did not
     */
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
        Detail detail = detail();
        return detail == null ? Optional.empty() : Optional.ofNullable(detail.blockReason());
    }

    private List<String> names(boolean shadow) {
        List<String> names = List.of();
        for (int i = 0; i < charge.size(); i++) {
            ChargeItem item = charge.item(i);
            if (item.isShadow() == shadow && item.verdict().refuses() && !names.contains(item.rule())) {
                names = new ArrayList<>(names);
                names.add(item.rule());
            }
        }
        return List.copyOf(names);
    }

    /**
     * Returns where the caller stands. Behind authentication that is with the rates of the edge too.
     *
     * @return all rates that were asked, but not those in shadow mode
     */
    public List<RateState> rates() {
        List<RateState> rates = new ArrayList<>(shown().size());
        for (RateCursor cursor = new RateCursor(shown()); cursor.next(); ) {
            if (!cursor.item().isShadow()) {
                rates.add(cursor.state());
            }
        }
        return rates;
    }

    /**
     * Returns the rate that the {@code X-RateLimit-*} headers speak of: of those that refused the one with the longest
     * wait, else the one of which the fewest such requests remain.
     *
     * @return the tightest rate, empty if no rate was counted
     */
    public Optional<RateState> tightest() {
        RateCursor cursor = new RateCursor(shown());
        return cursor.toTightest() ? Optional.of(cursor.state()) : Optional.empty();
    }

    // For the limiter

    /** Remembers where a request came from that passes, for when its answer says that the credentials were bad. */
    void from(@Nullable IpAddress address) {
        if (status == Status.ADMITTED) {
            about = address;
        }
    }

    @Nullable IpAddress address() {
        Detail detail = detail();
        return detail == null ? (IpAddress) about : detail.address();
    }

    Charge charge() {
        return charge;
    }

    /** What has a place in headers: that of both stages, where this is the second. */
    Charge shown() {
        Detail detail = detail();
        Charge both = detail == null ? null : detail.both();
        return both == null ? charge : both;
    }

    /** Whether the edge, where this was made, has had its say about a rule. */
    boolean counted(Rule rule) {
        for (int i = 0; i < charge.size(); i++) {
            if (charge.item(i).rule().equals(rule.name())) {
                return true;
            }
        }
        return degraded;
    }

    long retryAfterSeconds() {
        return retryAfterSeconds;
    }

    /** Whether a rule may be settled after the answer: it has only looked so far. */
    boolean counts() {
        for (int i = 0; i < charge.size(); i++) {
            Action action = charge.item(i).action();
            if (action == Action.LOOK || action == Action.GLANCE) {
                return true;
            }
        }
        return false;
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
        return COMPLETED.compareAndSet(this, false, true);
    }

    @Override
    public String toString() {
        return "Decision[" + status + (degraded ? ", degraded" : "") + ", " + rates() + "]";
    }
}

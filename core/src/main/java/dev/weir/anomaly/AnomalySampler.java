// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chooses which events go to the file and to callbacks, so that an attack is no flood of lines: of each caller and type so
 * many in a minute, of each severity so many from all. What is left out is counted, and told when the minute is over.
 *
 * <p>Who has no line yet when all lines of the minute are used is counted with the others of his type, so callers without
 * end take no memory without end. Not thread-safe.
 */
final class AnomalySampler {

    private static final long NANOS_PER_MINUTE = 60_000_000_000L;
    private static final int MAX_TOLD = 100;
    private static final AnomalyType OTHER = AnomalyType.of("OTHER", Severity.LOW);

    /** A caller by the most precise name that is known of him. */
    private record Caller(
            AnomalyType type,
            @Nullable String tenant,
            @Nullable Object name) {}

    private static final class Share {
        private final Anomaly first;
        private int taken;
        private long leftOut;

        Share(Anomaly first) {
            this.first = first;
        }

        long leftOut() {
            return leftOut;
        }
    }

    private final int each;
    private final int all;
    private final Map<Severity, Integer> taken = new EnumMap<>(Severity.class);
    private final Map<Caller, Share> shares = new HashMap<>();
    private final Map<AnomalyType, Long> others = new HashMap<>();
    private long begunNanos;
    private long leftOut;

    AnomalySampler(int each, int all, long nowNanos) {
        this.each = each;
        this.all = all;
        this.begunNanos = nowNanos;
    }

    /** Whether the minute is over; {@link #begin} is due then. */
    boolean isOver(long nowNanos) {
        return nowNanos - begunNanos >= NANOS_PER_MINUTE;
    }

    /** How long the minute lasts yet, at least 1. */
    long leftNanos(long nowNanos) {
        return Math.max(1, NANOS_PER_MINUTE - (nowNanos - begunNanos));
    }

    boolean takes(Anomaly event) {
        Caller caller = caller(event);
        Share share = shares.get(caller);
        boolean hasRoom = taken.getOrDefault(event.severity(), 0) < all;
        if (share == null && hasRoom) {
            share = new Share(event);
            shares.put(caller, share);
        }
        if (share == null) {
            leaveOut(event.type(), 1);
            leftOut++;
            return false;
        }
        if (!hasRoom || share.taken == each) {
            share.leftOut++;
            leftOut++;
            return false;
        }
        share.taken++;
        taken.merge(event.severity(), 1, Integer::sum);
        return true;
    }

    private static Caller caller(Anomaly event) {
        String user = event.userOrNull();
        String tenant = event.tenantOrNull();
        boolean byName = user != null || tenant != null;
        Object name = byName ? user : event.addressOrNull();
        return new Caller(event.type(), tenant, name);
    }

    private void leaveOut(AnomalyType type, long events) {
        boolean named = others.containsKey(type) || others.size() < AnomalyLog.MAX_TYPES;
        others.merge(named ? type : OTHER, events, Long::sum);
    }

    /** How many were left out since the log was made. */
    long leftOut() {
        return leftOut;
    }

    boolean hasToTell() {
        return !others.isEmpty() || shares.values().stream().anyMatch(share -> share.leftOut > 0);
    }

    /** Begins a new minute, and answers what there is to tell of the last: of the worst callers by name, then of the rest. */
    List<Anomaly> begin(long nowNanos, Instant wall) {
        List<Share> worst = new ArrayList<>();
        shares.values().stream().filter(share -> share.leftOut > 0).forEach(worst::add);
        worst.sort(Comparator.comparingLong(Share::leftOut).reversed());
        List<Anomaly> told = new ArrayList<>();
        for (Share share : worst) {
            if (told.size() < MAX_TOLD) {
                told.add(share.first.leftOut(wall, share.leftOut));
            } else {
                leaveOut(share.first.type(), share.leftOut);
            }
        }
        others.forEach((type, events) -> told.add(Anomaly.builder(type).at(wall).leftOut(wall, events)));
        shares.clear();
        others.clear();
        taken.clear();
        begunNanos = nowNanos;
        return told;
    }
}

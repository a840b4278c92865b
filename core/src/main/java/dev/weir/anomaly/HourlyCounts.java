// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts all events of a week, an hour at a time, whatever is remembered of them. Hours are counted by the monotonic clock
 * from when the log was made. Not thread-safe.
 */
final class HourlyCounts {

    private static final long NANOS_PER_HOUR = 3_600_000_000_000L;
    private static final String OTHER = "OTHER";

    /** A number that grows without a new object each time. */
    private static final class Count {
        private long events;
    }

    private static final class Hour {
        private final long number;
        private final Map<String, Count> byType = new HashMap<>();
        private final Map<Severity, Count> bySeverity = new EnumMap<>(Severity.class);
        private final TopUsers users = new TopUsers();

        Hour(long number) {
            this.number = number;
        }
    }

    private final long originNanos;
    private final @Nullable Hour[] hours = new @Nullable Hour[AnomalyLog.MAX_HOURS + 1];

    HourlyCounts(long nowNanos) {
        this.originNanos = nowNanos;
    }

    private long hour(long nowNanos) {
        return Math.max(0, nowNanos - originNanos) / NANOS_PER_HOUR;
    }

    void add(Anomaly event, long nowNanos) {
        long number = hour(nowNanos);
        int place = (int) (number % hours.length);
        Hour hour = hours[place];
        if (hour == null || hour.number != number) {
            hour = new Hour(number);
            hours[place] = hour;
        }
        String type = event.type().name();
        boolean counted = hour.byType.containsKey(type) || hour.byType.size() < AnomalyLog.MAX_TYPES;
        hour.byType.computeIfAbsent(counted ? type : OTHER, unused -> new Count()).events++;
        hour.bySeverity.computeIfAbsent(event.severity(), unused -> new Count()).events++;
        String user = event.userOrNull();
        if (user != null) {
            String tenant = event.tenantOrNull();
            hour.users.add(new TopUsers.Name(tenant == null ? "" : tenant, user), 1);
        }
    }

    /** The hour that runs, and so many whole ones before it: no event of that time is missing. */
    AnomalySummary summary(int lastHours, long nowNanos) {
        long now = hour(nowNanos);
        Map<String, Long> byType = new HashMap<>();
        Map<Severity, Long> bySeverity = new EnumMap<>(Severity.class);
        Map<TopUsers.Name, Long> users = new HashMap<>();
        boolean exact = true;
        for (Hour hour : hours) {
            if (hour != null && hour.number >= now - lastHours) {
                hour.byType.forEach((type, count) -> byType.merge(type, count.events, Long::sum));
                hour.bySeverity.forEach((severity, count) -> bySeverity.merge(severity, count.events, Long::sum));
                hour.users.forEach((name, count) -> users.merge(name, count, Long::sum));
                exact &= hour.users.isExact();
            }
        }
        return new AnomalySummary(lastHours, byType, bySeverity, users, exact);
    }
}

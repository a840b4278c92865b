// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What a digest says: counts since a moment, those included that were left out before. Not thread-safe. */
final class DigestCounts {

    private static final String OTHER = "OTHER";

    private final Instant from;
    private final Map<String, Long> byType = new HashMap<>();
    private final Map<Severity, Long> bySeverity = new EnumMap<>(Severity.class);
    private final TopUsers users = new TopUsers();

    DigestCounts(Instant from) {
        this.from = from;
    }

    boolean isEmpty() {
        return bySeverity.isEmpty();
    }

    void add(Anomaly event) {
        long events = Math.max(1, event.leftOut());
        addType(event.type().name(), events);
        bySeverity.merge(event.severity(), events, Long::sum);
        String user = event.userOrNull();
        if (user != null) {
            String tenant = event.tenantOrNull();
            users.add(new TopUsers.Name(tenant == null ? "" : tenant, user), events);
        }
    }

    private void addType(String type, long events) {
        boolean named = byType.containsKey(type) || byType.size() < AnomalyLog.MAX_TYPES;
        byType.merge(named ? type : OTHER, events, Long::sum);
    }

    /** Adds what has come since. */
    void addAll(DigestCounts later) {
        later.byType.forEach(this::addType);
        later.bySeverity.forEach((severity, events) -> bySeverity.merge(severity, events, Long::sum));
        later.users.forEach((name, events) -> {
            if (events > 0) {
                users.add(name, events);
            }
        });
    }

    String json(Instant to, boolean withUsers) {
        Map<TopUsers.Name, Long> named = new HashMap<>();
        if (withUsers) {
            users.forEach(named::put);
        }
        AnomalySummary summary = new AnomalySummary(1, byType, bySeverity, named, users.isExact());
        String types = summary.byType().entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
        Map<String, Long> severities = new HashMap<>();
        bySeverity.forEach((severity, events) -> severities.put(severity.word(), events));
        return "{\"text\": \"Weir: " + summary.totalCount() + " anomalies (" + types + ")\", \"from\": \""
                + from.truncatedTo(ChronoUnit.SECONDS) + "\", \"to\": \"" + to + "\", \"total_count\": "
                + summary.totalCount() + ", \"by_type\": " + object(summary.byType()) + ", \"by_severity\": "
                + object(severities) + (withUsers ? ", \"top_users\": " + object(summary.topUsers()) : "") + "}";
    }

    private static String object(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .map(entry -> "\"" + AnomalyLine.escape(entry.getKey()) + "\": " + entry.getValue())
                .collect(Collectors.joining(", ", "{", "}"));
    }
}

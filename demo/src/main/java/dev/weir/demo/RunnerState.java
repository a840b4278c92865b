// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import dev.weir.SecurityPolicy;
import dev.weir.admission.UserProfile;
import dev.weir.anomaly.Anomaly;
import dev.weir.anomaly.AnomalySummary;
import dev.weir.anomaly.Severity;
import dev.weir.plan.Quota;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the page shows of services and of those who were refused, as values for JSON. Thread-safe. */
final class RunnerState {

    private static final int FEED = 30;

    private final Runner runner;
    private final SecurityPolicy policy;

    RunnerState(Runner runner, SecurityPolicy policy) {
        this.runner = runner;
        this.policy = policy;
    }

    Map<String, Object> now() {
        Map<String, Object> state = new LinkedHashMap<>();
        List<Object> running = new ArrayList<>();
        for (Runner.Running one : runner.running()) {
            running.add(Map.of("user", one.user(), "project", one.project(), "port", one.port()));
        }
        state.put("services", running);
        List<Object> holders = new ArrayList<>();
        Caller.ALL.forEach(caller -> holders.add(holder(caller.name())));
        state.put("holders", holders);
        List<Object> feed = new ArrayList<>();
        policy.anomalies().recent(FEED).forEach(anomaly -> feed.add(entry(anomaly)));
        state.put("feed", feed);
        state.put("summary", summary(policy.anomalies().summary()));
        return state;
    }

    private Map<String, Object> holder(String name) {
        String user = Runner.named(name);
        UserProfile profile = policy.profile(user);
        Map<String, Object> holder = new LinkedHashMap<>();
        holder.put("name", name);
        holder.put("services", policy.services(user));
        holder.put("mostServices", profile.concurrentServices());
        holder.put("started", policy.startedInTheLastHour(user));
        holder.put(
                "mostStarts",
                profile.serviceStarts().stream()
                        .map(Quota::toString)
                        .findFirst()
                        .orElse("none"));
        return holder;
    }

    private static Map<String, Object> entry(Anomaly anomaly) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("timestamp", anomaly.timestamp().toString());
        entry.put("type", anomaly.type().name());
        entry.put("severity", anomaly.severity().word());
        entry.put("user_id", anomaly.user().orElse(anomaly.address().orElse("")));
        entry.put("tenant_id", anomaly.tenant().orElse(""));
        entry.put("service_id", anomaly.service().orElse(""));
        entry.put("details", anomaly.details());
        return entry;
    }

    static Map<String, Object> summary(AnomalySummary summary) {
        Map<String, Object> bySeverity = new LinkedHashMap<>();
        for (Map.Entry<Severity, Long> one : summary.bySeverity().entrySet()) {
            bySeverity.put(one.getKey().word(), one.getValue());
        }
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("hours", summary.hours());
        found.put("total_count", summary.totalCount());
        found.put("by_type", summary.byType());
        found.put("by_severity", bySeverity);
        found.put("top_users", summary.topUsers());
        return found;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a campaign has found, in words. */
record Report(
        Campaign.Plan plan,
        List<Incident> incidents,
        Judge judge,
        Outages outages,
        Fleet fleet,
        long connections,
        Duration drift) {

    /** {@return the whole of it, as Markdown} */
    String text() {
        StringBuilder text = new StringBuilder();
        line(text, "| what | how much |");
        line(text, "| --- | --- |");
        line(text, "| seed | %d |", plan.seed());
        line(
                text,
                "| instances, threads, callers | %d, %d, %d |",
                plan.instances(),
                plan.instances() * Load.THREADS,
                Crowd.CALLERS);
        line(text, "| length | %d s |", plan.length().toSeconds());
        line(text, "| decisions | %,d |", judge.size());
        line(text, "| incidents | %d |", incidents.size());
        line(
                text,
                "| losses of data | %d |",
                incidents.stream().mapToInt(each -> each.losses().size()).sum());
        line(text, "| connections that were made | %d |", connections);
        line(text, "| longest way back | %s |", longestWayBack());
        line(
                text,
                "| longest answer | %d ms; %d waited for the deadline, %d of them %d ms longer |",
                judge.longestNanos() / 1_000_000,
                judge.waited(),
                judge.overdue(),
                Judge.SLACK.toMillis());
        line(text, "| stalls of the machine | %d, together %.1f s |", stalls(), stalledNanos() / 1e9);
        line(text, "| wall clock and monotonic clock apart by | %d us |", drift.toNanos() / 1_000);
        line(text, "");
        line(text, "| answers | how many |");
        line(text, "| --- | --- |");
        judge.counts().forEach((kind, count) -> line(text, "| %s | %,d |", kind.toLowerCase(Locale.ROOT), count));
        line(text, "");
        line(text, "| instance | threads | of which are new | file descriptors | heap, KiB |");
        line(text, "| --- | --- | --- | --- | --- |");
        for (int i = 0; i < fleet.first().size(); i++) {
            Health a = fleet.first().get(i);
            Health b = fleet.last().get(i);
            line(
                    text,
                    "| %d | %d -> %d | %s | %d -> %d | %,d -> %,d |",
                    i,
                    a.threadCount(),
                    b.threadCount(),
                    b.moreThreadsThan(a),
                    a.files(),
                    b.files(),
                    a.heapKib(),
                    b.heapKib());
        }
        line(text, "");
        line(text, "| trouble | how often | longest way back, ms |");
        line(text, "| --- | --- | --- |");
        byTrouble(text);
        return text.toString();
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation is of a library that is nowhere else needed
    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private void byTrouble(StringBuilder text) {
        Map<String, long[]> found = new TreeMap<>();
        incidents.forEach(each -> found.computeIfAbsent(each.name(), unused -> new long[2])[0]++);
        for (Outages.Outage outage : outages.all()) {
            long[] known = found.get(outage.name());
            if (known != null) {
                known[1] = Math.max(known[1], outage.recoveryNanos());
            }
        }
        found.forEach((name, known) -> line(
                text,
                "| %s | %d | %d |",
                name.toLowerCase(Locale.ROOT).replace('_', ' '),
                known[0],
                known[1] / 1_000_000));
    }

    private String longestWayBack() {
        return outages.all().stream()
                .filter(outage -> !outage.isStall())
                .max(Comparator.comparingLong(Outages.Outage::recoveryNanos))
                .map(outage -> "%d ms, after %s"
                        .formatted(
                                outage.recoveryNanos() / 1_000_000,
                                outage.name().toLowerCase(Locale.ROOT)))
                .orElse("none");
    }

    private long stalls() {
        return outages.all().stream().filter(Outages.Outage::isStall).count();
    }

    private long stalledNanos() {
        return outages.all().stream()
                .filter(Outages.Outage::isStall)
                .mapToLong(outage -> outage.to() - outage.from())
                .sum();
    }
}

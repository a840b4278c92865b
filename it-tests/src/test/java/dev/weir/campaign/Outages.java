// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.campaign.Answers.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * When instances went on without Redis. Each such decision belongs to an incident: it came during it, or within the time in
 * which instances find back. Those that belong to none are a stall of the machine, and begin with a request that has waited for
 * its whole deadline.
 */
final class Outages {

    /** Instances have found back by then. */
    static final Duration RECOVERY = Duration.ofSeconds(4);

    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private final List<Outage> outages = new ArrayList<>();

    /**
     * One of them.
     *
     * @param caller who alone is concerned, or {@link Incident#ALL}
     * @param instance which alone is concerned, or {@link Incident#ALL}
     */
    record Outage(String name, int caller, int instance, long from, long to, long healed) {

        /** {@return how long after the end of the incident an instance still went on alone} */
        long recoveryNanos() {
            return Math.max(0, to - healed);
        }

        boolean isStall() {
            return instance != Incident.ALL;
        }
    }

    private Outages() {}

    /** @param answers those of each instance */
    static Outages of(List<List<Answer>> answers, List<Incident> incidents) {
        Outages found = new Outages();
        long[] last = new long[incidents.size()];
        for (int instance = 0; instance < answers.size(); instance++) {
            List<Answer> strays = new ArrayList<>();
            for (Answer answer : answers.get(instance)) {
                if (answer.degraded() && !belongs(answer, incidents, last)) {
                    strays.add(answer);
                }
            }
            found.stalls(instance, strays);
        }
        for (int i = 0; i < last.length; i++) {
            Incident incident = incidents.get(i);
            if (incident.outage()) {
                long to = Math.max(incident.end(), last[i]);
                found.outages.add(new Outage(
                        incident.name(), incident.caller(), Incident.ALL, incident.begin(), to, incident.end()));
            }
        }
        return found;
    }

    /** Finds the incident that explains it, the last of those that do, and remembers how late it was. */
    private static boolean belongs(Answer answer, List<Incident> incidents, long[] last) {
        for (int i = incidents.size() - 1; i >= 0; i--) {
            Incident incident = incidents.get(i);
            if (incident.outage()
                    && incident.concerns(answer.caller())
                    && incident.begin() <= answer.end()
                    && answer.start() <= incident.end() + RECOVERY.toNanos()) {
                last[i] = Math.max(last[i], answer.end());
                return true;
            }
        }
        return false;
    }

    private void stalls(int instance, List<Answer> strays) {
        strays.sort(Comparator.comparingLong(Answer::start));
        long from = 0;
        long to = Long.MIN_VALUE / 2;
        for (Answer answer : strays) {
            if (answer.start() > to + PAUSE_NANOS) {
                assertThat(answer.end() - answer.start())
                        .as(
                                "nanoseconds that instance %d has waited for Redis before it went on alone, though nothing "
                                        + "was wrong: %s",
                                instance, answer)
                        .isGreaterThanOrEqualTo(Crowd.DEADLINE.toNanos());
                addStall(instance, from, to);
                from = answer.start();
                to = answer.end();
            }
            to = Math.max(to, answer.end());
        }
        addStall(instance, from, to);
    }

    private void addStall(int instance, long from, long to) {
        if (to > from) {
            outages.add(new Outage("stall", Incident.ALL, instance, from, to, to));
        }
    }

    List<Outage> all() {
        return outages;
    }

    List<Outage> of(int caller) {
        return outages.stream()
                .filter(outage -> outage.caller() == Incident.ALL || outage.caller() == caller)
                .toList();
    }

    /** {@return how long a caller's outages were, together} */
    long nanos(int caller) {
        return of(caller).stream()
                .mapToLong(outage -> outage.to() - outage.from())
                .sum();
    }
}

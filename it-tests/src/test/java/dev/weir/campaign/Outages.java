// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.campaign.Answers.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * When instances went on without Redis. Whenever one does, that begins during an incident or within the time in which
 * instances find back, and is over by then; or it is a stall of the machine, which shows by a request that has waited for its whole
 * deadline.
 */
final class Outages {

    /** Instances have found back by then. */
    static final Duration RECOVERY = Duration.ofSeconds(4);

    private static final long PAUSE_NANOS = Duration.ofMillis(500).toNanos();

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

    private final List<Stalls.Stall> stalls;

    private Outages(List<Stalls.Stall> stalls) {
        this.stalls = stalls;
    }

    /**
     * Finds them.
     *
     * @param alone what each instance answered without Redis
     * @param stalls when the machine had no processor for somebody, in order
     */
    static Outages of(List<List<Answer>> alone, List<Incident> incidents, List<Stalls.Stall> stalls) {
        Outages found = new Outages(stalls);
        long[] last = new long[incidents.size()];
        for (int instance = 0; instance < alone.size(); instance++) {
            for (List<Answer> episode : episodes(alone.get(instance), incidents)) {
                found.explain(instance, episode, incidents, last);
            }
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

    /** What an instance decided alone, one after the other, but for what concerned one caller alone. */
    private static List<List<Answer>> episodes(List<Answer> alone, List<Incident> incidents) {
        List<Answer> common = alone.stream()
                .filter(answer -> !isPersonal(answer, incidents))
                .sorted(Comparator.comparingLong(Answer::start))
                .toList();
        List<List<Answer>> episodes = new ArrayList<>();
        long end = Long.MIN_VALUE / 2;
        for (Answer answer : common) {
            if (answer.start() > end + PAUSE_NANOS) {
                episodes.add(new ArrayList<>());
            }
            episodes.get(episodes.size() - 1).add(answer);
            end = Math.max(end, answer.end());
        }
        return episodes;
    }

    private static boolean isPersonal(Answer answer, List<Incident> incidents) {
        return incidents.stream()
                .anyMatch(incident -> incident.caller() == answer.caller()
                        && incident.begin() <= answer.end()
                        && answer.start() <= incident.end());
    }

    private void explain(int instance, List<Answer> episode, List<Incident> incidents, long[] last) {
        Answer first = episode.get(0);
        long to = episode.stream().mapToLong(Answer::end).max().orElseThrow();
        for (int i = incidents.size() - 1; i >= 0; i--) {
            Incident incident = incidents.get(i);
            long latest = incident.end() + RECOVERY.toNanos();
            boolean stalled = first.start() > incident.end() && hasWaited(first);
            if (incident.outage()
                    && !stalled
                    && incident.caller() == Incident.ALL
                    && incident.begin() <= first.end()
                    && first.start() <= latest) {
                long stalledNanos = Stalls.nanosIn(incident.end(), to, stalls);
                assertThat(to <= latest + stalledNanos || hasWaited(episode, incident.end()))
                        .as(
                                "instance %d has found back from %s, and not gone on alone until %.3f s, %.3f s of which"
                                        + " were stalls",
                                instance, incident, to / 1e9, stalledNanos / 1e9)
                        .isTrue();
                last[i] = Math.max(last[i], to);
                return;
            }
        }
        assertThat(hasWaited(episode, first.start()))
                .as(
                        "instance %d has waited for Redis before it went on alone, though nothing was wrong: %s",
                        instance, first)
                .isTrue();
        outages.add(new Outage("stall", Incident.ALL, instance, first.start(), to, to));
    }

    /** Whether some request that came at a time or later was not answered by Redis within its deadline. */
    private static boolean hasWaited(List<Answer> episode, long since) {
        return episode.stream().anyMatch(answer -> answer.start() >= since && hasWaited(answer));
    }

    private static boolean hasWaited(Answer answer) {
        return answer.nanos() >= Crowd.DEADLINE.toNanos();
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

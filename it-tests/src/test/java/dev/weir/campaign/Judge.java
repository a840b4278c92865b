// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.campaign.Answers.Answer;
import dev.weir.campaign.Answers.What;
import dev.weir.campaign.Crowd.Policy;
import dev.weir.campaign.Outages.Outage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Judges what the instances have answered by what has gone wrong meanwhile. It shares no code with what it judges.
 *
 * <p>Docs/campaign.md derives what it holds against each caller: what Redis gave ({@link #byRedis}), what each instance gave
 * out of its own share ({@link #byShare}), and all together by the times of the incidents alone ({@link #inAll}).
 *
 * <p>Not thread-safe.
 */
final class Judge {

    /** In this time after a loss, an instance may not know yet how many there are. */
    static final Duration COUNTING = Duration.ofSeconds(3);

    /** Beyond the deadline and stalls: who wakes has still to go on, with the processors that there are. */
    static final Duration SLACK = Duration.ofMillis(100);

    /** Beyond the same, for each: one thread may have to wait for a processor where another one need not. */
    static final Duration MOST_SLACK = Duration.ofSeconds(1);

    /** So many, and a tenth of those who waited for the whole deadline, may have taken longer than the first. */
    static final int FEW = 3;

    private static final int LEAST_PERCENT = 80;

    private final int instances;
    private final List<Incident> incidents;
    private final long late;
    private final List<List<List<Answer>>> given = new ArrayList<>(); // by caller, then by instance
    private final List<List<Answer>> alone = new ArrayList<>(); // by instance
    private final List<Answer> waited = new ArrayList<>(); // for the whole deadline
    private final Map<String, Long> counts = new TreeMap<>();
    private List<Stalls.Stall> stalls = List.of();
    private int overdue;
    private long longest;
    private long size;

    /**
     * Begins.
     *
     * @param instances how many there were
     * @param incidents what has gone wrong, in order
     * @param late by how many nanoseconds the clock of Redis may show an earlier time than the one in common
     */
    Judge(int instances, List<Incident> incidents, long late) {
        this.instances = instances;
        this.incidents = incidents;
        this.late = late;
        for (int caller = 0; caller < Crowd.CALLERS; caller++) {
            given.add(lists(instances));
        }
        alone.addAll(lists(instances));
    }

    private static List<List<Answer>> lists(int number) {
        return Stream.generate(() -> (List<Answer>) new ArrayList<Answer>())
                .limit(number)
                .toList();
    }

    /** Takes note of an answer; what was refused by Redis is only counted. */
    void add(int instance, Answer answer) {
        size++;
        Policy policy = Policy.of(answer.caller());
        counts.merge((answer.degraded() ? "alone, " : "shared, ") + policy + " " + answer.what(), 1L, Long::sum);
        if (answer.isAdmitted() || answer.degraded()) {
            given.get(answer.caller()).get(instance).add(answer);
        }
        if (answer.degraded()) {
            alone.get(instance).add(answer);
        }
        longest = Math.max(longest, answer.nanos());
        if (answer.nanos() >= Crowd.DEADLINE.toNanos()) {
            waited.add(answer);
        }
        boolean sound = answer.what() != What.FAILED
                && (answer.what() != What.UNAVAILABLE || (policy == Policy.CLOSED && answer.degraded()))
                && !(answer.isAdmitted() && answer.degraded() && policy == Policy.CLOSED);
        assertThat(sound).as("the answer of a limiter in order: %s", answer).isTrue();
    }

    /** Takes note of when the machine had no processor for somebody. */
    void stalled(List<Stalls.Stall> times) {
        stalls = Stalls.union(times);
    }

    /** {@return how long the longest answer took} */
    long longestNanos() {
        return longest;
    }

    /** {@return how many answers took the whole deadline or longer} */
    int waited() {
        return waited.size();
    }

    /** {@return how many of them took longer than it, {@link #SLACK} and stalls} */
    int overdue() {
        return overdue;
    }

    /** {@return how many answers there were} */
    long size() {
        return size;
    }

    /** {@return how many answers there were of each kind} */
    Map<String, Long> counts() {
        return counts;
    }

    /**
     * Judges all.
     *
     * @param from when it began
     * @param to when it ended
     * @return the outages that there were
     * @throws AssertionError if there was too much or too little, or an outage without a reason
     */
    Outages judge(long from, long to) {
        Outages outages = judge();
        enough(from, to, outages);
        return outages;
    }

    /** The same where the hot caller is counted elsewhere. */
    Outages judge() {
        inTime();
        Outages outages = Outages.of(alone, incidents, stalls);
        for (int caller = 0; caller < Crowd.CALLERS; caller++) {
            byRedis(caller);
            if (Policy.of(caller) == Policy.LOCAL) {
                for (int instance = 0; instance < instances; instance++) {
                    byShare(caller, instance);
                }
                inAll(caller, outages);
            }
        }
        return outages;
    }

    /** Whatever is wrong with Redis, who asks has his answer within the deadline, but for what the machine takes. */
    private void inTime() {
        for (Answer answer : waited) {
            long stalled = Stalls.nanosIn(answer.start(), answer.end(), stalls);
            long bound = Crowd.DEADLINE.toNanos() + stalled;
            overdue += answer.nanos() > bound + SLACK.toNanos() ? 1 : 0;
            assertThat(answer.nanos())
                    .as("an answer within the deadline, %s and %d ns of stalls: %s", MOST_SLACK, stalled, answer)
                    .isLessThanOrEqualTo(bound + MOST_SLACK.toNanos());
        }
        assertThat(overdue)
                .as("answers after the deadline, %s and stalls, of %d that waited", SLACK, waited.size())
                .isLessThanOrEqualTo(FEW + waited.size() / 10);
    }

    /** What Redis has decided is within the limit, but for what it has forgotten. */
    private void byRedis(int caller) {
        Windows windows = new Windows(Crowd.LIMIT);
        forgiveLosses(windows, caller);
        for (List<Answer> ofInstance : given.get(caller)) {
            for (Answer answer : ofInstance) {
                if (answer.isAdmitted() && !answer.degraded()) {
                    windows.take(answer.start() - late, answer.end(), answer.cost());
                }
            }
        }
        assertWithin(windows, caller, "what Redis gave");
    }

    private void forgiveLosses(Windows windows, int caller) {
        for (Incident incident : incidents) {
            if (incident.concerns(caller)) {
                for (Incident.Loss loss : incident.losses()) {
                    if (loss.isSplit()) {
                        windows.forgiveTouching(loss.from(), loss.to(), Crowd.LIMIT.capacity(), Crowd.LIMIT);
                    } else {
                        windows.forgive(loss.from(), loss.to(), Crowd.LIMIT.capacity());
                    }
                }
            }
        }
    }

    /** What an instance has decided alone is within its share, whatever has gone wrong, as long as it knew its share. */
    private void byShare(int caller, int instance) {
        Windows.Limit share = Crowd.LIMIT.share(instances);
        Windows windows = new Windows(share);
        for (Answer answer : given.get(caller).get(instance)) {
            if (answer.degraded()) {
                if (answer.isAdmitted()) {
                    windows.take(answer.start(), answer.end(), answer.cost());
                }
                if (answer.capacity() > share.capacity()) {
                    assertThat(isCounting(answer))
                            .as(
                                    "instance %d took its share for %d of %d without a reason: %s",
                                    instance, answer.capacity(), Crowd.LIMIT.capacity(), answer)
                            .isTrue();
                }
            }
        }
        forgiveCounting(windows, caller, 1);
        assertWithin(windows, caller, "what instance " + instance + " gave alone");
    }

    private boolean isCounting(Answer answer) {
        return incidents.stream()
                .filter(incident -> incident.caller() == Incident.ALL)
                .flatMap(incident -> incident.losses().stream())
                .anyMatch(loss -> loss.from() <= answer.end() && answer.start() <= loss.to() + COUNTING.toNanos());
    }

    /** An instance that does not know the others yet goes on with a larger share than its own: at most with the whole. */
    private void forgiveCounting(Windows windows, int caller, int many) {
        Windows.Limit whole = Crowd.LIMIT;
        for (Incident incident : incidents) {
            for (Incident.Loss loss : incident.losses()) {
                long to = loss.to() + COUNTING.toNanos();
                if (incident.caller() == Incident.ALL && tookTooLarge(caller, loss.from(), to)) {
                    Windows.Limit rate = new Windows.Limit(0, whole.amount() * many, whole.periodNanos());
                    windows.forgiveTouching(loss.from(), to, many * whole.capacity(), rate);
                }
            }
        }
    }

    private boolean tookTooLarge(int caller, long from, long to) {
        long share = Crowd.LIMIT.share(instances).capacity();
        return given.get(caller).stream()
                .flatMap(List::stream)
                .anyMatch(answer ->
                        answer.degraded() && answer.capacity() > share && answer.end() >= from && answer.start() <= to);
    }

    /* All that was admitted is within the limit, and for each outage once more the capacity and what the rate gives while
     * it lasts. Whether Redis has decided is not asked here, but for the outages that no incident explains. */
    private void inAll(int caller, Outages outages) {
        Windows windows = new Windows(Crowd.LIMIT);
        forgiveLosses(windows, caller);
        for (Outage outage : outages.of(caller)) {
            int parts = outage.instance() == Incident.ALL ? instances : 1;
            Windows.Limit share = Crowd.LIMIT.share(instances);
            Windows.Limit rate = new Windows.Limit(0, share.amount() * parts, share.periodNanos());
            windows.forgiveTouching(outage.from(), outage.to(), share.capacity() * parts, rate);
        }
        forgiveCounting(windows, caller, instances);
        for (List<Answer> ofInstance : given.get(caller)) {
            for (Answer answer : ofInstance) {
                if (answer.isAdmitted()) {
                    windows.take(answer.start() - late, answer.end(), answer.cost());
                }
            }
        }
        assertWithin(windows, caller, "all that was given");
    }

    private static void assertWithin(Windows windows, int caller, String what) {
        Windows.Worst worst = windows.worst();
        assertThat(worst.excess())
                .as(
                        "tokens too many of caller %d (%s) up to %.3f s: %s",
                        caller, Policy.of(caller), worst.end() / 1e9, what)
                .isLessThanOrEqualTo(0);
    }

    /** The hot caller asks for much more than he gets, so that he gets nearly all there is while Redis answers. */
    private void enough(long from, long to, Outages outages) {
        long calm = to - from - outages.nanos(Crowd.HOT);
        long had = given.get(Crowd.HOT).stream()
                .flatMap(List::stream)
                .filter(answer -> answer.isAdmitted() && !answer.degraded())
                .mapToLong(Answer::cost)
                .sum();
        long due = calm / Crowd.LIMIT.periodNanos() * Crowd.LIMIT.amount();
        assertThat(had * 100)
                .as("%d given of %d due to the hot caller in %.1f calm seconds", had, due, calm / 1e9)
                .isGreaterThanOrEqualTo(due * LEAST_PERCENT);
    }
}

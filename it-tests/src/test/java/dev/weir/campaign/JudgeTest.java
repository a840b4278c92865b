// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.campaign.Answers.Answer;
import dev.weir.campaign.Answers.What;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Histories with one thing wrong, each of which is found; and the same without it. */
class JudgeTest {

    private static final int INSTANCES = 4;
    private static final long SECOND = 1_000_000_000;
    private static final int CALLER = 1;
    private static final int OPEN = 35;
    private static final int CLOSED = 45;
    private static final int SHARE = (int) Crowd.LIMIT.share(INSTANCES).capacity();
    private static final int CAPACITY = (int) Crowd.LIMIT.capacity();

    private final List<Incident> incidents = new ArrayList<>();
    private final List<Runnable> answers = new ArrayList<>();
    private final List<Stalls.Stall> stalls = new ArrayList<>();
    private Judge judge;

    private void incident(long from, long to, Incident.Loss... losses) {
        incidents.add(new Incident("TEST", from * SECOND, to * SECOND, Incident.ALL, true, List.of(losses)));
    }

    private void answer(int instance, int caller, double at, int cost, What what, boolean degraded, int capacity) {
        long start = (long) (at * SECOND);
        answers.add(() -> judge.add(
                instance, new Answer(start, start + SECOND / 100_000, caller, cost, what, degraded, capacity)));
    }

    private void shared(double at, int cost) {
        answer(0, CALLER, at, cost, What.ADMITTED, false, CAPACITY);
    }

    private void alone(int instance, double at, int cost) {
        answer(instance, CALLER, at, cost, What.ADMITTED, true, SHARE);
    }

    /** Of a run of twenty seconds, in which the hot caller has had all that was due. */
    private Outages judge() {
        judge = new Judge(INSTANCES, incidents, 1_000_000);
        for (int second = 0; second < 20; second++) {
            answer(0, Crowd.HOT, second, 20, What.ADMITTED, false, CAPACITY);
        }
        answers.forEach(Runnable::run);
        judge.stalled(stalls);
        return judge.judge(0, 20 * SECOND);
    }

    private void isFound(String complaint) {
        assertThatThrownBy(this::judge).isInstanceOf(AssertionError.class).hasMessageContaining(complaint);
    }

    private void isFine() {
        assertThatCode(this::judge).doesNotThrowAnyException();
    }

    @Test
    void limit_isFine() {
        shared(5, CAPACITY);
        shared(6, 20);
        isFine();
    }

    @Test
    void tooMuchFromRedis_isFound() {
        shared(5, CAPACITY);
        shared(6, 21);
        isFound("tokens too many of caller 1");
    }

    @Test
    void capacityOnceMoreAfterALoss_isFine() {
        incident(5, 6, Incident.Loss.at(5 * SECOND, 6 * SECOND));
        shared(4.9, CAPACITY);
        shared(6.1, CAPACITY);
        isFine();
    }

    @Test
    void capacityOnceMoreWithoutALoss_isFound() {
        incident(5, 6);
        shared(4.9, CAPACITY);
        shared(6.1, CAPACITY);
        isFound("what Redis gave");
    }

    @Test
    void capacityTwiceMoreAfterALoss_isFound() {
        incident(5, 6, Incident.Loss.at(5 * SECOND, 6 * SECOND));
        shared(4.9, CAPACITY);
        shared(6.1, CAPACITY);
        shared(6.2, CAPACITY);
        isFound("what Redis gave");
    }

    @Test
    void sharesOfAllInAnOutage_areFine() {
        incident(5, 9);
        shared(4.9, CAPACITY);
        for (int i = 0; i < INSTANCES; i++) {
            alone(i, 5.1, SHARE);
            alone(i, 7.6, SHARE); // five a second come back
        }
        shared(9.1, CAPACITY);
        isFine();
    }

    @Test
    void moreThanAShare_isFound() {
        incident(5, 9);
        alone(2, 5.1, SHARE);
        alone(2, 7.4, SHARE);
        isFound("what instance 2 gave alone");
    }

    @Test
    void shareOfTheWhole_isFound() {
        incident(5, 9);
        answer(1, CALLER, 6, 1, What.REFUSED, true, CAPACITY);
        isFound("without a reason");
    }

    @Test
    void shareOfTheWholeAfterALoss_isFine() {
        incident(5, 9, Incident.Loss.at(5 * SECOND, 6 * SECOND));
        answer(1, CALLER, 7, CAPACITY, What.ADMITTED, true, CAPACITY);
        isFine();
    }

    @Test
    void outageThatNothingExplains_isFound() {
        incident(5, 6);
        alone(0, 12, 1);
        isFound("though nothing was wrong");
    }

    @Test
    void instanceThatDoesNotFindBack_isFound() {
        incident(5, 6);
        for (int i = 0; i < 70; i++) {
            alone(0, 5 + i / 10.0, 1);
        }
        isFound("has found back from TEST");
    }

    @Test
    void instanceThatFindsBackLate_isFine_asFarAsTheMachineStalled() {
        incident(5, 6);
        stalls.add(new Stalls.Stall(8 * SECOND, 11 * SECOND));
        for (int i = 0; i < 35; i++) {
            alone(0, 5 + i / 5.0, 1);
        }
        isFine();
    }

    @Test
    void stallOfTheMachine_isFine() {
        long start = 12 * SECOND;
        answers.add(() -> judge.add(
                3, new Answer(start, start + Crowd.DEADLINE.toNanos(), CALLER, 1, What.ADMITTED, true, SHARE)));
        alone(3, 12.3, 1);
        assertThat(judge().all()).singleElement().matches(Outages.Outage::isStall);
    }

    @Test
    void stallWhileFindingBack_isFine() {
        incident(5, 6);
        long start = 9 * SECOND;
        answers.add(() -> judge.add(
                3, new Answer(start, start + Crowd.DEADLINE.toNanos(), CALLER, 1, What.ADMITTED, true, SHARE)));
        for (int i = 0; i < 15; i++) {
            alone(3, 9.3 + i / 10.0, 1);
        }
        assertThat(judge().all()).extracting(Outages.Outage::name).containsExactlyInAnyOrder("TEST", "stall");
    }

    @Test
    void policies_areHeld() {
        incident(5, 6);
        answer(0, OPEN, 5.5, 5, What.ADMITTED, true, 0);
        answer(0, CLOSED, 5.5, 5, What.UNAVAILABLE, true, 0);
        isFine();
        answer(0, CLOSED, 5.5, 5, What.ADMITTED, true, 0);
        isFound("limiter in order");
    }

    @Test
    void failure_isFound() {
        answer(0, CALLER, 5, 1, What.FAILED, false, 0);
        isFound("limiter in order");
    }

    @Test
    void unavailableForALocalRule_isFound() {
        incident(5, 6);
        answer(0, CALLER, 5.5, 1, What.UNAVAILABLE, true, 0);
        isFound("limiter in order");
    }

    private void slow(long nanos) {
        long start = 12 * SECOND;
        answers.add(() -> judge.add(0, new Answer(start, start + nanos, CALLER, 1, What.REFUSED, false, CAPACITY)));
    }

    @Test
    void answerLongAfterTheDeadline_isFound() {
        slow(Crowd.DEADLINE.plus(Judge.MOST_SLACK).toNanos());
        isFine();
        slow(Crowd.DEADLINE.plus(Judge.MOST_SLACK).toNanos() + 1);
        isFound("an answer within the deadline");
    }

    @Test
    void answersAfterTheDeadline_areFound_whereTheyAreMoreThanFew() {
        for (int i = 0; i < 7; i++) {
            slow(Crowd.DEADLINE.toNanos());
        }
        for (int i = 0; i < Judge.FEW + 1; i++) {
            slow(Crowd.DEADLINE.plus(Judge.SLACK).toNanos() + 1); // one is a tenth
        }
        isFine();
        assertThat(judge.overdue()).isEqualTo(Judge.FEW + 1);
        slow(Crowd.DEADLINE.plus(Judge.SLACK).toNanos() + 1);
        isFound("answers after the deadline");
    }

    private long stall() {
        long start = 12 * SECOND;
        long stall = SECOND / 5;
        stalls.add(new Stalls.Stall(start + SECOND, start + 2 * SECOND));
        stalls.add(new Stalls.Stall(start + stall / 4, start + stall)); // as another one has noticed it
        stalls.add(new Stalls.Stall(start - stall, start + stall / 2));
        return stall;
    }

    @Test
    void answersAfterTheDeadline_areFine_asFarAsTheMachineStalled() {
        long stall = stall();
        for (int i = 0; i < 2 * Judge.FEW; i++) {
            slow(Crowd.DEADLINE.plus(Judge.SLACK).toNanos() + stall);
        }
        isFine();
        assertThat(judge.overdue()).isZero();
    }

    @Test
    void answersAfterTheDeadline_areFound_whereTheMachineStalledForLess() {
        long stall = stall();
        for (int i = 0; i < 2 * Judge.FEW; i++) {
            slow(Crowd.DEADLINE.plus(Judge.SLACK).toNanos() + stall + 1);
        }
        isFound("answers after the deadline");
    }

    @Test
    void tooLittleInCalm_isFound() {
        judge = new Judge(INSTANCES, incidents, 0);
        for (int second = 0; second < 20; second++) {
            answer(0, Crowd.HOT, second, 15, What.ADMITTED, false, CAPACITY);
        }
        answers.forEach(Runnable::run);
        assertThatThrownBy(() -> judge.judge(0, 20 * SECOND)).hasMessageContaining("due to the hot caller");
    }
}

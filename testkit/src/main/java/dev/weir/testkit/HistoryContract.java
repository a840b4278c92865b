// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import dev.weir.store.RateLimitStore;
import dev.weir.time.TimeSource;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whatever many threads are admitted and refused at once, there is an order in which it is right. All charges are recorded
 * with the times before and after, and a checker that knows no store judges them.
 *
 * @since 0.1
 */
public interface HistoryContract extends StoreFixture {

    /** Eight thousand charges of fifty callers from eight threads, while the clock goes on. */
    @Test
    default void history_isWithinAllLimits() {
        ManualClock clock = new ManualClock();
        try (RateLimitStore store = newStore(clock, 1000)) {
            history(store, clock, Duration.ZERO, Seeds.next("history"));
        }
    }

    /**
     * Lets eight threads charge a store, and checks the history: nothing above a limit in any window, no lease above their
     * number, nothing refused without a reason, nothing lost, and of a key that is asked for all the time at least 99 % of
     * what its limit gives.
     *
     * @param store the store, in which nothing was charged yet
     * @param time the clock that the store reads; a {@link ManualClock} is moved on with every charge
     * @param length how long, by the real clock; but not beyond 400,000 charges of one thread
     * @param seed where the random numbers begin; a failure names it
     * @return how many charges there were
     */
    default long history(RateLimitStore store, TimeSource time, Duration length, long seed) {
        int most = 400; // times so many charges a thread, or a history does not fit into memory
        Crowd crowd = new Crowd(1);
        long origin = time.nanoTime();
        Recorder[] recorders = Stream.generate(() -> new Recorder(crowd, store, new Watch(time, origin), false))
                .limit(Recorder.THREADS)
                .toArray(Recorder[]::new);
        Recorder.run(recorders, new Recorder.Times(1_000, most, length), seed);
        recorders[0].takeTheRest();
        History history = new History(crowd);
        for (Recorder recorder : recorders) {
            history.addAll(recorder.history());
        }
        history.widen(clockResolution().toNanos() - 1);
        history.check();
        return history.charges();
    }
}

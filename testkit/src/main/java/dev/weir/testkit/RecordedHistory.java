// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import dev.weir.store.RateLimitStore;
import dev.weir.time.TimeSource;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * What several processes were admitted and refused by one shared store, each of which records its own part, writes it to a
 * file and leaves the judgement to one that puts all parts together. The load is that of {@link HistoryContract} at rates ten
 * times lower, because a shared store is slower than memory: fifty callers, one of them hot, each held to three buckets, a
 * rolling quota and leases.
 *
 * <p>All processes count their times from one reading of {@link TimeSource#system()}, whose clock they must have in common,
 * as they have on one Linux machine. Not thread-safe.
 *
 * @since 0.1
 */
public final class RecordedHistory {

    private static final Crowd CROWD = new Crowd(10);
    private static final int AT_ONCE = 50;

    private final History history = new History(CROWD);
    private long longestRefused;

    private RecordedHistory() {}

    private void add(Recorder recorder) {
        history.addAll(recorder.history());
        longestRefused = Math.max(longestRefused, recorder.longestRefused());
    }

    private static Recorder recorder(RateLimitStore store, long origin) {
        return new Recorder(CROWD, store, new Watch(TimeSource.system(), origin), true);
    }

    /**
     * Charges a store from eight threads, and gives back all leases in the end.
     *
     * @param store the store, empty when the first process begins; each charge must be decided within a minute
     * @param origin the reading of the monotonic clock from which all processes count their times
     * @param length how long, at most five minutes
     * @param seed where the random numbers begin
     * @return this process's part
     */
    public static RecordedHistory record(RateLimitStore store, long origin, Duration length, long seed) {
        Recorder[] recorders = Stream.generate(() -> recorder(store, origin))
                .limit(Recorder.THREADS)
                .toArray(Recorder[]::new);
        Recorder.run(recorders, new Recorder.Times(AT_ONCE, Integer.MAX_VALUE, length), seed);
        RecordedHistory part = new RecordedHistory();
        for (Recorder recorder : recorders) {
            part.add(recorder);
        }
        return part;
    }

    /**
     * Takes what is left of everything and one more, when all processes have ended: so it shows whether something was lost.
     *
     * @param store the store
     * @param origin as for all parts
     * @return a part of its own
     * @throws AssertionError if not all leases are free
     */
    public static RecordedHistory takeTheRest(RateLimitStore store, long origin) {
        Recorder recorder = recorder(store, origin);
        recorder.takeTheRest();
        RecordedHistory part = new RecordedHistory();
        part.add(recorder);
        return part;
    }

    /**
     * Reads a part that another process has written.
     *
     * @param file the file
     * @return the part
     * @throws IOException if it cannot be read
     */
    public static RecordedHistory read(Path file) throws IOException {
        RecordedHistory part = new RecordedHistory();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            part.longestRefused = in.readLong();
            part.history.read(in);
        }
        return part;
    }

    /**
     * Writes this part to a file.
     *
     * @param file the file, which is made or overwritten
     * @throws IOException if it cannot be written
     */
    public void write(Path file) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeLong(longestRefused);
            history.write(out);
        }
    }

    /**
     * Adds another part to this one.
     *
     * @param part the other
     */
    public void add(RecordedHistory part) {
        history.addAll(part.history);
        longestRefused = Math.max(longestRefused, part.longestRefused);
    }

    /** {@return how many charges of callers there were} */
    public long charges() {
        return history.charges();
    }

    /** {@return the longest time in which one thread was refused again and again, whoever it asked for} */
    public Duration longestRefused() {
        return Duration.ofNanos(longestRefused);
    }

    /**
     * Checks all parts together: nothing above a limit in any window, no lease above their number, nothing refused without a
     * reason, nothing lost, and of a key that is asked for all the time at least 99 % of what its limit gives. Once only.
     *
     * @param late by how much the store's clock may show an earlier time than the one in common: its smallest step, and what
     *     the two have drifted apart
     * @throws AssertionError if there is no order in which the history is right
     */
    public void check(Duration late) {
        history.widen(late.toNanos());
        history.check();
    }
}

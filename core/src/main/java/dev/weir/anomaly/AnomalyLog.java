// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import static java.util.Objects.requireNonNull;

import dev.weir.time.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes anomalies, remembers the last ones, counts them all, and writes them to a file.
 *
 * <pre>{@code
 * AnomalyLog log = AnomalyLog.builder().file(Path.of("weir-anomalies.jsonl")).onAnomaly(alert).build();
 * Anomaly event = log.record(Anomaly.builder(AnomalyType.RAPID_RESTART).user("user123").service("my-api"));
 * List<Anomaly> last = log.recent();
 * AnomalySummary day = log.summary();
 * }</pre>
 *
 * <p>Recording waits for nothing but a lock that is held for about a microsecond; file and callbacks come off the thread that
 * records, through queues of {@value #QUEUE} events. Memory is bounded whatever callers send: the remembered events, and for
 * each hour of a week the counts of {@value #MAX_TYPES} types and 256 users.
 *
 * <p>So that an attack is no flood of lines, file and callbacks are given a sample: of each caller and type so many in a
 * minute, of each severity so many from all. How many were left out follows when the minute is over, as an event with
 * {@link Anomaly#leftOut}.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
public final class AnomalyLog implements AutoCloseable {

    /** How many events are remembered unless told otherwise. */
    public static final int DEFAULT_REMEMBER = 10_000;

    /** How many events {@link #recent()} and its like answer unless asked for more. */
    public static final int DEFAULT_RECENT = 100;

    /** How many hours a summary covers unless asked for more. */
    public static final int DEFAULT_HOURS = 24;

    /** The most hours that a summary can cover: a week. */
    public static final int MAX_HOURS = 168;

    /** The most types that are counted by name in one hour. */
    public static final int MAX_TYPES = 100;

    /** How many events of each caller and type go to file and callbacks in a minute unless told otherwise. */
    public static final int DEFAULT_LINES_OF_EACH = 10;

    /** How many events of each severity go to file and callbacks in a minute unless told otherwise. */
    public static final int DEFAULT_LINES_OF_ALL = 1_000;

    /** How long the file may become before it is rotated unless told otherwise: 10 MiB. */
    public static final long DEFAULT_FILE_BYTES = 10L << 20;

    /** How many older files are kept unless told otherwise. */
    public static final int DEFAULT_FILES = 9;

    /** How many events may wait for the file, and for each callback. */
    public static final int QUEUE = 5_000;

    private static final long CLOSE_NANOS = 1_000_000_000;

    private final TimeSource time;
    private final int remember;
    private final @Nullable AnomalyFile file;
    private final @Nullable Outlet fileOutlet;
    private final List<Outlet> outlets;
    private final List<Background> threads = new ArrayList<>();
    private final @Nullable Background ticker;
    private final Object lock = new Object();
    private final ArrayDeque<Anomaly> remembered = new ArrayDeque<>(); // guarded by lock
    private final HourlyCounts counts; // guarded by lock
    private final AnomalySampler sampler; // guarded by lock
    private @Nullable Future<?> ticking; // guarded by lock; null if nothing is left out that nobody will tell

    AnomalyLog(AnomalyLogBuilder builder) {
        this.time = builder.time == null ? TimeSource.system() : builder.time;
        this.remember = builder.remember == null ? DEFAULT_REMEMBER : builder.remember;
        this.counts = new HourlyCounts(time.nanoTime());
        this.sampler = new AnomalySampler(builder.linesOfEach, builder.linesOfAll, time.nanoTime());
        this.file = builder.openFile(time);
        this.ticker = builder.executor == null ? thread("weir-anomalies") : null;
        Executor writer = ticker == null ? requireNonNull(builder.executor) : ticker;
        List<Outlet> all = new ArrayList<>();
        this.fileOutlet = file == null ? null : new Outlet(QUEUE, writer, file);
        if (fileOutlet != null) {
            all.add(fileOutlet);
        }
        if (!builder.callbacks.isEmpty()) {
            Executor caller = thread("weir-anomaly-callbacks");
            builder.callbacks.forEach(own -> all.add(new Outlet(QUEUE, caller, new Callback(own, time))));
        }
        this.outlets = List.copyOf(all);
    }

    private Background thread(String name) {
        Background thread = new Background(name);
        threads.add(thread);
        return thread;
    }

    /** {@return a builder; built at once, its log keeps all in memory} */
    public static AnomalyLogBuilder builder() {
        return new AnomalyLogBuilder();
    }

    /**
     * Records an event.
     *
     * @param event what happened
     * @return the event, with the time at which it was recorded
     */
    public Anomaly record(Anomaly.Builder event) {
        Anomaly recorded = event.at(time.now());
        synchronized (lock) {
            long now = time.nanoTime();
            counts.add(recorded, now);
            if (remember > 0) {
                if (remembered.size() == remember) {
                    remembered.removeFirst();
                }
                remembered.addLast(recorded);
            }
            if (!outlets.isEmpty()) {
                beginMinuteIfOver(now);
                if (sampler.takes(recorded)) {
                    outlets.forEach(outlet -> outlet.offer(recorded));
                } else {
                    tickSoon(now);
                }
            }
        }
        if (!outlets.isEmpty()) {
            outlets.forEach(Outlet::drainSoon);
        }
        return recorded;
    }

    /** To be called under the lock. */
    private void beginMinuteIfOver(long now) {
        if (sampler.isOver(now)) {
            tellLeftOut(now);
        }
    }

    /** To be called under the lock. */
    private void tellLeftOut(long now) {
        for (Anomaly told : sampler.begin(now, time.now())) {
            outlets.forEach(outlet -> outlet.offer(told));
        }
    }

    /** Makes sure that what is left out is told even if nothing more happens. To be called under the lock. */
    private void tickSoon(long now) {
        if (ticker != null && ticking == null) {
            try {
                ticking = ticker.executeIn(sampler.leftNanos(now), this::tick);
            } catch (RejectedExecutionException e) {
                // It is closed; nothing reaches the file any more.
            }
        }
    }

    private void tick() {
        synchronized (lock) {
            ticking = null;
        }
        poll();
    }

    /**
     * Lets the number of what was left out follow, if the minute is over. Only a log that was given an executor needs this,
     * about once a minute and on any thread, or the number follows the next event of the minute after.
     *
     * @return how long until the next call is due, in nanoseconds, at least 1
     */
    public long poll() {
        long left;
        synchronized (lock) {
            long now = time.nanoTime();
            beginMinuteIfOver(now);
            left = sampler.leftNanos(now);
            if (sampler.hasToTell()) {
                tickSoon(now);
            }
        }
        outlets.forEach(Outlet::drainSoon);
        return left;
    }

    /**
     * Returns how many events were left out of file and callbacks on purpose, because their caller, or all together, had used
     * the lines of the minute.
     *
     * @return the number since the log was made
     */
    public long leftOut() {
        synchronized (lock) {
            return sampler.leftOut();
        }
    }

    /**
     * Returns how many events were lost to the file: because the disk was full, for instance, or slower than they came.
     *
     * @return the number since the log was made; anything above 0 is worth an alarm
     */
    public long lost() {
        return (file == null ? 0 : file.lost()) + (fileOutlet == null ? 0 : fileOutlet.lost());
    }

    /**
     * Waits until file and callbacks have all that was recorded so far, the numbers of what was left out included. A new minute
     * begins for the sample.
     *
     * @param patience how long to wait at most
     * @return whether they have
     */
    public boolean flush(Duration patience) {
        synchronized (lock) {
            tellLeftOut(time.nanoTime());
        }
        boolean all = true;
        for (Outlet outlet : outlets) {
            all &= outlet.flush(patience.toNanos());
        }
        return all;
    }

    /** {@return the last {@value #DEFAULT_RECENT} events that are remembered, the newest first} */
    public List<Anomaly> recent() {
        return recent(DEFAULT_RECENT);
    }

    /**
     * Returns the last events that are remembered.
     *
     * @param most how many at most, at least 1
     * @return the events, the newest first
     * @throws IllegalArgumentException if {@code most} is below 1
     */
    public List<Anomaly> recent(int most) {
        return newest(most, event -> true);
    }

    /**
     * Returns the last {@value #DEFAULT_RECENT} events of a user that are remembered.
     *
     * @param user his name, in whatever tenant
     * @return the events, the newest first
     */
    public List<Anomaly> byUser(String user) {
        return byUser(user, DEFAULT_RECENT);
    }

    /**
     * Returns the last events of a user that are remembered.
     *
     * @param user his name, in whatever tenant
     * @param most how many at most, at least 1
     * @return the events, the newest first
     * @throws IllegalArgumentException if {@code most} is below 1
     */
    public List<Anomaly> byUser(String user, int most) {
        String name = user.isBlank() ? user : Anomaly.bounded(user);
        return newest(most, event -> event.isOf(name));
    }

    /**
     * Returns the last {@value #DEFAULT_RECENT} events of a type that are remembered.
     *
     * @param type the type
     * @return the events, the newest first
     */
    public List<Anomaly> byType(AnomalyType type) {
        return byType(type, DEFAULT_RECENT);
    }

    /**
     * Returns the last events of a type that are remembered.
     *
     * @param type the type
     * @param most how many at most, at least 1
     * @return the events, the newest first
     * @throws IllegalArgumentException if {@code most} is below 1
     */
    public List<Anomaly> byType(AnomalyType type, int most) {
        return newest(most, event -> event.type().equals(type));
    }

    /** Only the copy is made under the lock. */
    private List<Anomaly> newest(int most, Predicate<Anomaly> wanted) {
        if (most < 1) {
            throw new IllegalArgumentException("most must be at least 1 but was " + most);
        }
        ArrayDeque<Anomaly> all;
        synchronized (lock) {
            all = remembered.clone();
        }
        List<Anomaly> found = new ArrayList<>();
        for (Iterator<Anomaly> events = all.descendingIterator(); events.hasNext() && found.size() < most; ) {
            Anomaly event = events.next();
            if (wanted.test(event)) {
                found.add(event);
            }
        }
        return List.copyOf(found);
    }

    /** {@return the counts of the last {@value #DEFAULT_HOURS} hours} */
    public AnomalySummary summary() {
        return summary(DEFAULT_HOURS);
    }

    /**
     * Returns the counts of the last hours.
     *
     * @param hours how many, 1 to {@value #MAX_HOURS}
     * @return the counts
     * @throws IllegalArgumentException if {@code hours} is out of range
     */
    public AnomalySummary summary(int hours) {
        if (hours < 1 || hours > MAX_HOURS) {
            throw new IllegalArgumentException("hours must be 1 to " + MAX_HOURS + " but was " + hours);
        }
        synchronized (lock) {
            return counts.summary(hours, time.nanoTime());
        }
    }

    /**
     * Writes what still waits, for a second at most, and ends what the log has started. What is remembered can still be read;
     * what is recorded after this is remembered and counted, and reaches neither the file nor callbacks.
     */
    @Override
    public void close() {
        boolean written = flush(Duration.ofNanos(CLOSE_NANOS));
        if (file != null && (written || requireNonNull(fileOutlet).isIdle())) {
            file.end();
        }
        threads.forEach(Background::close);
    }
}

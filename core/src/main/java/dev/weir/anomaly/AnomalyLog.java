// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import dev.weir.time.TimeSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/**
 * Takes anomalies, remembers the last ones, and counts them all.
 *
 * <pre>{@code
 * AnomalyLog log = AnomalyLog.builder().remember(10_000).build();
 * Anomaly event = log.record(Anomaly.builder(AnomalyType.RAPID_RESTART).user("user123").service("my-api"));
 * List<Anomaly> last = log.recent();
 * AnomalySummary day = log.summary();
 * }</pre>
 *
 * <p>Recording waits for nothing but a lock that is held for less than a microsecond. Memory is bounded whatever callers
 * send: the remembered events, and for each hour of a week the counts of {@value #MAX_TYPES} types and 256 users.
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

    private final TimeSource time;
    private final int remember;
    private final Object lock = new Object();
    private final ArrayDeque<Anomaly> remembered = new ArrayDeque<>(); // guarded by lock
    private final HourlyCounts counts; // guarded by lock

    AnomalyLog(AnomalyLogBuilder builder) {
        this.time = builder.time == null ? TimeSource.system() : builder.time;
        this.remember = builder.remember == null ? DEFAULT_REMEMBER : builder.remember;
        this.counts = new HourlyCounts(time.nanoTime());
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
            counts.add(recorded, time.nanoTime());
            if (remember > 0) {
                if (remembered.size() == remember) {
                    remembered.removeFirst();
                }
                remembered.addLast(recorded);
            }
        }
        return recorded;
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

    /** Ends what the log has started. What is remembered can still be read. */
    @Override
    public void close() {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static java.util.Objects.requireNonNull;

import dev.weir.Complaints.Matter;
import dev.weir.key.Key;
import dev.weir.store.VersionedMap;
import dev.weir.store.VersionedMap.Contents;
import dev.weir.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was set for callers at run time: here, or on any instance that shares the store.
 *
 * <p>A change counts here at once, and elsewhere when the other instance reads the map next. One that the shared store does
 * not take is kept and sent again with each {@link #poll}, in order. Looking up never locks and never waits. Thread-safe.
 */
final class RunTimeMap<V> {

    private static final int MAX_REMEMBERED = 20_000;
    private static final long PUT_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long POLL_NANOS = Duration.ofMillis(250).toNanos();

    /** Whose something is. */
    private record Owner(@Nullable Key within, Key per) {}

    /**
     * What was set.
     *
     * @param version grows from change to change, whoever's it is
     * @param endNanos when it ends by the monotonic clock, if it does
     */
    record Entry<V>(V value, long version, boolean ends, long endNanos) {}

    /** A change that was not read back yet; the value is null for a removal. */
    private static final class Change<V> {
        private final @Nullable V value;
        private final boolean ends;
        private final long endNanos;
        private boolean sent;

        Change(@Nullable V value, boolean ends, long endNanos) {
            this.value = value;
            this.ends = ends;
            this.endNanos = endNanos;
        }
    }

    /** All that counts now, and what was looked up in it. */
    private static final class State<V> {
        private final long version;
        private final long lastRemoval;
        private final Map<String, Entry<V>> entries;
        private final Map<Owner, Optional<Entry<V>>> found = new ConcurrentHashMap<>(0);

        State(long version, long lastRemoval, Map<String, Entry<V>> entries) {
            this.version = version;
            this.lastRemoval = lastRemoval;
            this.entries = entries;
        }
    }

    private final VersionedMap map;
    private final Function<V, String> writer;
    private final Function<String, V> reader;
    private final TimeSource time;
    private final Complaints complaints;
    private final Map<String, Change<V>> changes = new LinkedHashMap<>(); // guarded by this
    private State<V> heard = new State<>(0, 0, Map.of()); // guarded by this
    private volatile State<V> state = heard;

    /**
     * Makes the view of a map.
     *
     * @param reader throws an {@link IllegalArgumentException} for text that it cannot read
     */
    RunTimeMap(
            VersionedMap map,
            Function<V, String> writer,
            Function<String, V> reader,
            TimeSource time,
            Complaints complaints) {
        this.map = map;
        this.writer = writer;
        this.reader = reader;
        this.time = time;
        this.complaints = complaints;
    }

    /** {@return whether nothing was ever set here} */
    boolean isUntouched() {
        return state.version == 0;
    }

    /** {@return the version at which something was last removed; what was set before is no newer than that} */
    long lastRemoval() {
        return state.lastRemoval;
    }

    @Nullable Entry<V> find(@Nullable Key within, Key per) {
        State<V> now = state;
        if (now.entries.isEmpty()) {
            return null;
        }
        Owner owner = new Owner(within, per);
        Optional<Entry<V>> found = now.found.get(owner);
        if (found == null) {
            if (now.found.size() >= MAX_REMEMBERED) {
                now.found.clear();
            }
            found = Optional.ofNullable(now.entries.get(map.nameOf(within, per)));
            now.found.put(owner, found);
        }
        Entry<V> entry = found.orElse(null);
        return entry == null || isOver(entry) ? null : entry;
    }

    private boolean isOver(Entry<V> entry) {
        return entry.ends && time.nanoTime() - entry.endNanos >= 0;
    }

    /**
     * Sets or removes.
     *
     * @param life how long it counts, or null without end
     * @return whether all instances will know; if not, this one does, and sends it again
     * @throws IllegalStateException if the map is full
     */
    synchronized boolean put(@Nullable Key within, Key per, @Nullable V value, @Nullable Duration life) {
        String name = map.nameOf(within, per);
        if (value != null && !state.entries.containsKey(name) && isFull()) {
            throw new IllegalStateException("more than " + VersionedMap.MAX_ENTRIES
                    + " profiles or blocks were set at run time; supply profiles by a ProfileSource, and lift blocks");
        }
        long end = life == null ? 0 : time.nanoTime() + life.toNanos();
        changes.remove(name);
        changes.put(name, new Change<>(value, life != null, end));
        boolean sent = send(PUT_NANOS);
        if (!sent || !hear(PUT_NANOS)) {
            overlay();
        }
        return sent;
    }

    private boolean isFull() {
        return state.entries.size() >= VersionedMap.MAX_ENTRIES
                && state.entries.values().stream()
                                .filter(entry -> !isOver(entry))
                                .count()
                        >= VersionedMap.MAX_ENTRIES;
    }

    /** Sends what waits, and takes over what others have set. For the background thread. */
    void poll() {
        try {
            boolean sent;
            synchronized (this) {
                sent = send(POLL_NANOS);
                if (sent) {
                    hear(POLL_NANOS);
                }
            }
        } catch (Throwable e) {
            Fatal.rethrow(e);
            complaints.about(Matter.RUN_TIME, e);
        }
    }

    /** Answers whether nothing waits any more. */
    private boolean send(long deadlineNanos) {
        List<Map.Entry<String, Change<V>>> waiting = new ArrayList<>(changes.entrySet());
        for (Map.Entry<String, Change<V>> one : waiting) {
            Change<V> change = one.getValue();
            if (change.sent) {
                continue;
            }
            long life = change.ends ? Math.max(1, change.endNanos - time.nanoTime()) : 0;
            String text = change.value == null ? null : writer.apply(change.value);
            try {
                change.sent = map.put(one.getKey(), text, life, deadlineNanos);
            } catch (IllegalStateException full) {
                changes.remove(one.getKey());
                overlay();
                throw full;
            }
            if (!change.sent) {
                return false;
            }
        }
        return true;
    }

    /** Only when nothing waits to be sent: then what is read holds all changes. */
    private boolean hear(long deadlineNanos) {
        Contents contents = map.read(heard.version, deadlineNanos);
        if (contents == null) {
            return false;
        }
        if (contents.version() != heard.version) {
            heard = new State<>(contents.version(), contents.lastRemoval(), read(contents));
        }
        changes.clear();
        state = heard;
        return true;
    }

    private Map<String, Entry<V>> read(Contents contents) {
        Map<String, Entry<V>> entries = new HashMap<>();
        long now = time.nanoTime();
        contents.entries().forEach((name, entry) -> {
            try {
                boolean ends = entry.leftNanos() != Long.MAX_VALUE;
                V value = requireNonNull(reader.apply(entry.value()));
                entries.put(name, new Entry<>(value, entry.version(), ends, ends ? now + entry.leftNanos() : 0));
            } catch (IllegalArgumentException e) {
                complaints.about(Matter.RUN_TIME, e);
            }
        });
        return entries;
    }

    /** What was heard last, with what waits: that is newer. */
    private void overlay() {
        Map<String, Entry<V>> entries = new HashMap<>(heard.entries);
        long version = Math.max(heard.version, state.version);
        long removal = Math.max(heard.lastRemoval, state.lastRemoval);
        for (Map.Entry<String, Change<V>> one : changes.entrySet()) {
            version++;
            V value = one.getValue().value;
            if (value == null) {
                entries.remove(one.getKey());
                removal = version;
            } else {
                Change<V> change = one.getValue();
                entries.put(one.getKey(), new Entry<>(value, version, change.ends, change.endNanos));
            }
        }
        state = new State<>(version, removal, entries);
    }
}

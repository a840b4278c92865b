// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.plan.Profile;
import dev.weir.plan.ProfileSource;
import dev.weir.time.TimeSource;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what a {@link ProfileSource} has answered, and asks it behind the requests, never in front of them. Bounded by
 * number; an answer is asked for again after a minute, and stays in force until the new one is there. Thread-safe.
 */
final class ProfileCache {

    private static final int MAX_ENTRIES = 10_000;
    private static final int MIN_LOOKS = 16;
    private static final int MAX_LOOKS = 64;
    private static final int MAX_WAITING = 1_000;
    private static final int MAX_UNKNOWN_WAITING = MAX_WAITING / 2;
    private static final long LIFE_NANOS = 60_000_000_000L;

    /* Design: profiles of the file and the default one have version 0. A caller is counted by them while his own profile is
     * loading, and a bucket keeps its numbers until newer ones come: so what is loaded is newer than all of them. */
    private static final long FILE_VERSIONS = 1;

    private record Name(@Nullable String tenant, @Nullable String user) {}

    private static final class Entry {
        private final AtomicBoolean loading = new AtomicBoolean();
        private volatile @Nullable RatedProfile profile;
        private volatile boolean loaded;
        private volatile long loadedNanos;
        private volatile long askedNanos;

        Entry(long now) {
            askedNanos = now;
        }
    }

    private final Map<Name, Entry> entries = new ConcurrentHashMap<>();
    private final Object handLock = new Object();
    private Iterator<Map.Entry<Name, Entry>> hand = entries.entrySet().iterator(); // guarded by handLock
    private final AtomicInteger waiting = new AtomicInteger();
    private final ProfileSource source;
    private final LimitCompiler compiler;
    private final Executor executor;
    private final TimeSource time;
    private final Complaints complaints;

    ProfileCache(
            ProfileSource source, LimitCompiler compiler, Executor executor, TimeSource time, Complaints complaints) {
        this.source = source;
        this.compiler = compiler;
        this.executor = executor;
        this.time = time;
        this.complaints = complaints;
    }

    @Nullable RatedProfile ofTenant(String tenant) {
        return find(new Name(tenant, null));
    }

    @Nullable RatedProfile ofUser(Optional<String> tenant, String user) {
        return find(new Name(tenant.orElse(null), user));
    }

    private @Nullable RatedProfile find(Name name) {
        long now = time.nanoTime();
        Entry entry = entries.get(name);
        if (entry == null) {
            makeRoom(now);
            entry = entries.computeIfAbsent(name, unused -> new Entry(now));
        }
        entry.askedNanos = now;
        boolean stale = !entry.loaded || now - entry.loadedNanos > LIFE_NANOS;
        if (stale && entry.loading.compareAndSet(false, true)) {
            load(name, entry);
        }
        return entry.profile;
    }

    /* Design: a hand goes round, and drops first what nobody has asked for of late, then what the source knows nothing of:
     * that says no more than no entry would, so a flood of made-up names pushes out its own. Only where it finds neither
     * does it drop another, each in its turn. */
    private void makeRoom(long now) {
        if (entries.size() < MAX_ENTRIES) {
            return;
        }
        synchronized (handLock) {
            if (entries.size() >= MAX_ENTRIES) {
                Map.Entry<Name, Entry> leaving = choose(now);
                if (leaving != null) {
                    entries.remove(leaving.getKey(), leaving.getValue());
                }
            }
        }
    }

    private Map.@Nullable Entry<Name, Entry> choose(long now) {
        Map.Entry<Name, Entry> unknown = null;
        Map.Entry<Name, Entry> any = null;
        for (int look = 0; look < (unknown == null ? MAX_LOOKS : MIN_LOOKS); look++) {
            if (!hand.hasNext()) {
                hand = entries.entrySet().iterator();
            }
            if (hand.hasNext()) {
                any = hand.next();
                if (now - any.getValue().askedNanos > 2 * LIFE_NANOS) {
                    return any;
                }
                if (any.getValue().profile == null) {
                    unknown = any;
                }
            }
        }
        return unknown != null ? unknown : any;
    }

    /* Design: the source may be slow and the executor's queue without end, so only so many loads wait; who finds no place
     * asks again with his next request. Half of the places are for callers whom the source is known to know. */
    private void load(Name name, Entry entry) {
        int most = entry.profile == null ? MAX_UNKNOWN_WAITING : MAX_WAITING;
        if (waiting.incrementAndGet() > most) {
            end(entry);
            complaints.about(Complaints.Matter.PROFILES, "Too many loads wait for it.", null);
            return;
        }
        try {
            executor.execute(() -> {
                try {
                    answer(name, entry);
                } finally {
                    entry.loadedNanos = time.nanoTime();
                    entry.loaded = true;
                    end(entry);
                }
            });
        } catch (Throwable e) { // the application's executor
            end(entry);
            Fatal.rethrow(e);
            complaints.about(Complaints.Matter.PROFILES, e);
        }
    }

    private void end(Entry entry) {
        waiting.decrementAndGet();
        entry.loading.set(false);
    }

    private void answer(Name name, Entry entry) {
        try {
            RatedProfile found = ask(name).orElse(null);
            entry.profile = found;
            if (found != null && entries.get(name) != entry) {
                // Pushed out while it was waiting, which could happen again and again as long as a flood lasts.
                makeRoom(time.nanoTime());
                entries.put(name, entry);
            }
        } catch (Throwable e) {
            Fatal.rethrow(e);
            complaints.about(Complaints.Matter.PROFILES, e);
        }
    }

    private Optional<RatedProfile> ask(Name name) {
        Optional<Profile> found;
        if (name.user() != null) {
            found = source.ofUser(Optional.ofNullable(name.tenant()), name.user());
        } else if (name.tenant() != null) {
            found = source.ofTenant(name.tenant());
        } else {
            found = Optional.empty();
        }
        return found.map(profile -> compiler.compile(profile.withVersion(profile.version() + FILE_VERSIONS)));
    }
}

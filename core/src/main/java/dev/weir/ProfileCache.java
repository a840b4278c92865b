// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.plan.Profile;
import dev.weir.plan.ProfileSource;
import dev.weir.time.TimeSource;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what a {@link ProfileSource} has answered, and asks it behind the requests, never in front of them. Bounded by
 * number; an answer is asked for again when its life is over, and stays in force until the new one is there. Thread-safe.
 */
final class ProfileCache {

    static final int DEFAULT_ENTRIES = 10_000;
    static final Duration DEFAULT_LIFE = Duration.ofSeconds(60);

    private static final int MIN_LOOKS = 16;
    private static final int MAX_LOOKS = 64;
    private static final int MAX_WAITING = 1_000;
    private static final int MAX_UNKNOWN_WAITING = MAX_WAITING / 2;

    /* Design: profiles of the file and the default one have version 0. A caller is counted by them while his own profile is
     * loading, and a bucket keeps its numbers until newer ones come: so what is loaded is newer than all of them. */
    private static final long FILE_VERSIONS = 1;

    /** Whose profiles are remembered, how many and for how long. */
    record Bounds(ProfileSource source, int mostEntries, Duration life) {}

    private record Name(@Nullable String tenant, @Nullable String user) {}

    /**
     * What the source has said of one name. Immutable.
     *
     * @param profile the profile, or null if there is none or none yet
     * @param version grows with each change, that to no profile included; 0 as long as there was none
     */
    record Answer(@Nullable RatedProfile profile, long version) {

        static final Answer NONE = new Answer(null, 0);

        /* Design: whoever takes a profile back supplies no version for that, and whoever changes one may forget to: any
         * change is newer than what was there before. Instances that saw other changes agree again with the next version. */
        private Answer then(Optional<Profile> found, LimitCompiler compiler) {
            Profile before = profile == null ? null : profile.profile();
            Profile next = found.orElse(null);
            if (Objects.equals(before, next)) {
                return this;
            }
            long least = version == 0 ? 0 : version + 1;
            return next == null
                    ? new Answer(null, least)
                    : new Answer(compiler.compile(next), Math.max(least, next.version() + FILE_VERSIONS));
        }
    }

    private static final class Entry {
        private final AtomicBoolean loading = new AtomicBoolean();
        private volatile Answer answer = Answer.NONE;
        private volatile boolean loaded;
        private volatile long loadedNanos;
        private volatile long askedNanos;

        Entry(long now) {
            askedNanos = now;
        }

        boolean hasProfile() {
            return answer.profile() != null;
        }
    }

    private final Map<Name, Entry> entries = new ConcurrentHashMap<>();
    private final Object handLock = new Object();
    private Iterator<Map.Entry<Name, Entry>> hand = entries.entrySet().iterator(); // guarded by handLock
    private final AtomicInteger waiting = new AtomicInteger();
    private final ProfileSource source;
    private final int mostEntries;
    private final long lifeNanos;
    private final LimitCompiler compiler;
    private final Executor executor;
    private final TimeSource time;
    private final Complaints complaints;

    ProfileCache(Bounds bounds, LimitCompiler compiler, Executor executor, TimeSource time, Complaints complaints) {
        this.source = bounds.source();
        this.mostEntries = bounds.mostEntries();
        this.lifeNanos = bounds.life().toNanos();
        this.compiler = compiler;
        this.executor = executor;
        this.time = time;
        this.complaints = complaints;
    }

    Answer ofTenant(String tenant) {
        return find(new Name(tenant, null));
    }

    Answer ofUser(Optional<String> tenant, String user) {
        return find(new Name(tenant.orElse(null), user));
    }

    private Answer find(Name name) {
        long now = time.nanoTime();
        Entry entry = entries.get(name);
        if (entry == null) {
            makeRoom(now);
            entry = entries.computeIfAbsent(name, unused -> new Entry(now));
        }
        entry.askedNanos = now;
        boolean stale = !entry.loaded || now - entry.loadedNanos > lifeNanos;
        if (stale && entry.loading.compareAndSet(false, true)) {
            load(name, entry);
        }
        return entry.answer;
    }

    /* Design: a hand goes round, and drops first what nobody has asked for of late, then what the source knows nothing of:
     * that says no more than no entry would, so a flood of made-up names pushes out its own. Only where it finds neither
     * does it drop another, each in its turn. */
    private void makeRoom(long now) {
        if (entries.size() < mostEntries) {
            return;
        }
        synchronized (handLock) {
            if (entries.size() >= mostEntries) {
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
                if (now - any.getValue().askedNanos > 2 * lifeNanos) {
                    return any;
                }
                if (!any.getValue().hasProfile()) {
                    unknown = any;
                }
            }
        }
        return unknown != null ? unknown : any;
    }

    /* Design: the source may be slow and the executor's queue without end, so only so many loads wait; who finds no place
     * asks again with his next request. Half of the places are for callers whom the source is known to know. */
    private void load(Name name, Entry entry) {
        int most = entry.hasProfile() ? MAX_WAITING : MAX_UNKNOWN_WAITING;
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
            entry.answer = entry.answer.then(ask(name), compiler);
            if (entry.hasProfile() && entries.get(name) != entry) {
                // Pushed out while it was waiting, which could happen again and again as long as a flood lasts.
                makeRoom(time.nanoTime());
                entries.put(name, entry);
            }
        } catch (Throwable e) {
            Fatal.rethrow(e);
            complaints.about(Complaints.Matter.PROFILES, e);
        }
    }

    private Optional<Profile> ask(Name name) {
        if (name.user() != null) {
            return source.ofUser(Optional.ofNullable(name.tenant()), name.user());
        }
        return name.tenant() != null ? source.ofTenant(name.tenant()) : Optional.empty();
    }
}

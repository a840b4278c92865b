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
import org.jspecify.annotations.Nullable;

/**
 * Remembers what a {@link ProfileSource} has answered, and asks it behind the requests, never in front of them. Bounded by
 * number; an answer is asked for again after a minute, and stays in force until the new one is there. Thread-safe.
 */
final class ProfileCache {

    private static final int MAX_ENTRIES = 10_000;
    private static final int MAX_LOOKS = 16;
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
    }

    private final Map<Name, Entry> entries = new ConcurrentHashMap<>();
    private final Object handLock = new Object();
    private Iterator<Entry> hand = entries.values().iterator(); // guarded by handLock
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
        Entry entry = entries.get(name);
        if (entry == null) {
            makeRoom();
            entry = entries.computeIfAbsent(name, unused -> new Entry());
        }
        boolean stale = !entry.loaded || time.nanoTime() - entry.loadedNanos > LIFE_NANOS;
        if (stale && entry.loading.compareAndSet(false, true)) {
            load(name, entry);
        }
        return entry.profile;
    }

    /* Design: a hand goes round, and drops first what nobody has asked for since its answer grew old: a caller who keeps
     * coming has a fresh answer. Only where it finds none such does it drop another, each in its turn. */
    private void makeRoom() {
        if (entries.size() < MAX_ENTRIES) {
            return;
        }
        synchronized (handLock) {
            for (int look = 1; look <= MAX_LOOKS && entries.size() >= MAX_ENTRIES; look++) {
                if (!hand.hasNext()) {
                    hand = entries.values().iterator();
                }
                if (hand.hasNext() && (isForgotten(hand.next()) || look == MAX_LOOKS)) {
                    hand.remove();
                }
            }
        }
    }

    private boolean isForgotten(Entry entry) {
        return entry.loaded && time.nanoTime() - entry.loadedNanos > 2 * LIFE_NANOS;
    }

    private void load(Name name, Entry entry) {
        try {
            executor.execute(() -> {
                try {
                    ask(name).ifPresentOrElse(found -> entry.profile = found, () -> entry.profile = null);
                } catch (Throwable e) {
                    Fatal.rethrow(e);
                    complaints.about(Complaints.Matter.PROFILES, e);
                } finally {
                    entry.loadedNanos = time.nanoTime();
                    entry.loaded = true;
                    entry.loading.set(false);
                }
            });
        } catch (Throwable e) { // the application's executor
            entry.loading.set(false);
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

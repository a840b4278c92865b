// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.ItemKey;
import dev.weir.store.Lease;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A lease that this JVM holds. Given back once, whoever calls how often. Thread-safe. */
final class RedisLease implements Lease {

    private final LeaseBook book;
    private final ItemKey key;
    private final byte[] set;
    private final byte[] member;
    private final @Nullable String name;
    private final AtomicBoolean released = new AtomicBoolean();

    /** When its life began or was begun anew. Written by the thread that takes it, then by the one that renews. */
    private volatile long renewedNanos;

    RedisLease(LeaseBook book, ItemKey key, byte[] set, byte[] member, @Nullable String name, long nowNanos) {
        this.book = book;
        this.key = key;
        this.set = set;
        this.member = member;
        this.name = name;
        this.renewedNanos = nowNanos;
    }

    @Override
    public ItemKey key() {
        return key;
    }

    @Override
    public void release() {
        if (released.compareAndSet(false, true)) {
            book.giveBack(this);
        }
    }

    /** Its set was forgotten, so there is nothing to give back: its id may be another's by now. */
    void forget() {
        released.set(true);
    }

    /** Set and member in one text, by which a lease with an id of the caller's is found; null for others. */
    @Nullable String name() {
        return name;
    }

    static String name(byte[] set, byte[] member) {
        return new String(set, StandardCharsets.ISO_8859_1) + '\n' + new String(member, StandardCharsets.ISO_8859_1);
    }

    byte[] set() {
        return set;
    }

    byte[] member() {
        return member;
    }

    boolean isDue(long nowNanos, long ageNanos) {
        return nowNanos - renewedNanos >= ageNanos;
    }

    void renewed(long nowNanos) {
        renewedNanos = nowNanos;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static java.util.Objects.requireNonNull;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.SlotHash;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** A connection with its lanes: one for each slot, because only charges of one slot can travel in one command. Thread-safe. */
final class Lanes {

    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final ChargeScripts scripts;
    private final Redirects redirects;
    private final AtomicReferenceArray<@Nullable Lane> bySlot;

    Lanes(StatefulRedisConnection<byte[], byte[]> connection, ChargeScripts scripts, Redirects redirects) {
        this.connection = connection;
        this.scripts = scripts;
        this.redirects = redirects;
        this.bySlot = new AtomicReferenceArray<>(redirects == Redirects.NONE ? 1 : SlotHash.SLOT_COUNT);
    }

    StatefulRedisConnection<byte[], byte[]> connection() {
        return connection;
    }

    Lane of(int slot) {
        Lane known = bySlot.get(slot);
        if (known == null) {
            bySlot.compareAndSet(slot, null, new Lane(connection, scripts, redirects, slot));
            known = requireNonNull(bySlot.get(slot));
        }
        return known;
    }
}

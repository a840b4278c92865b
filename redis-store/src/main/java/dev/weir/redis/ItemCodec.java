// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKind;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.RollingLimit;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketState64BitsInteger;
import io.github.bucket4j.distributed.remote.RemoteBucketState;
import io.github.bucket4j.distributed.remote.RemoteStat;
import io.github.bucket4j.distributed.serialization.InternalSerializationHelper;
import io.github.bucket4j.distributed.versioning.Versions;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes the items of a charge as the script {@code charge.lua} reads them, one after the other. Big-endian; numbers are doubles,
 * because Lua counts in nothing else:
 *
 * <pre>
 * byte kind (0 bucket, 1 rolling, 2 lease, 3 mark), byte action (0 take, 1 look, 2 watch, 3 glance, 4 settle, 5 give back), double cost,
 * long version, byte rates, three doubles, int length of the rest, the rest; these are
 * bucket:  capacity, tokens and period in ms of the first rate; the same of all others, then the state of Bucket4j up to its sizes
 * rolling: nothing; what the log begins with: long version, byte rates, for each: long amount, long period in ms
 * lease:   the most there may be, its life in ms, 1 if the id is the caller's; the two members of the set: 'v', long version,
 *          long most; 'l', id
 * mark:    its life in ms; nothing
 * </pre>
 *
 * The bytes of limits are remembered. Thread-safe.
 */
final class ItemCodec {

    private static final byte MARK = 3;
    private static final byte GIVE = 5;
    private static final int ITEM_BYTES = 2 + Double.BYTES;
    /** Version, number of rates, three numbers, and the length of what follows. */
    private static final int LIMIT_BYTES = Long.BYTES + 1 + 3 * Double.BYTES + Integer.BYTES;

    private static final int RATE_LONGS = 3;
    /** After the sizes: format, consumed, whether there is a version, version. */
    private static final int TAIL_BYTES = Integer.BYTES + Long.BYTES + 1 + Long.BYTES;

    /** Before its id, which is not the limit's: 'v', version, most, 'l'. */
    private static final int LEASE_BYTES = 2 + 2 * Long.BYTES;

    /** A mark, which is the last of the items. */
    static final int MARK_BYTES = ITEM_BYTES + LIMIT_BYTES;

    private static final int REMEMBERED = 10_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final long leaseLifeMillis;
    private final ConcurrentHashMap<Limit, byte[]> limits = new ConcurrentHashMap<>();

    ItemCodec(long leaseLifeMillis) {
        this.leaseLifeMillis = leaseLifeMillis;
    }

    /** With the ids that leases are to have, null if there are none. */
    byte[] encode(Charge charge, byte @Nullable [] @Nullable [] ids) {
        return encode(charge, ids, 0);
    }

    /** With a mark behind all items, which lives for so many milliseconds, and by which what was taken can be given back. */
    byte[] encodeMarked(Charge charge, byte @Nullable [] @Nullable [] ids, long markLifeMillis) {
        ByteBuffer mark = ByteBuffer.allocate(MARK_BYTES);
        mark.put(MARK).put((byte) 0).putDouble(0).putLong(0).put((byte) 0);
        numbers(mark, markLifeMillis, 0, 0);
        byte[] items = encode(charge, ids, mark.capacity());
        System.arraycopy(mark.array(), 0, items, items.length - mark.capacity(), mark.capacity());
        return items;
    }

    /** What gives back all items, which are of {@link Action#TAKE}. */
    byte[] encodeRefund(Charge charge, byte @Nullable [] @Nullable [] ids) {
        byte[] items = encode(charge, ids, 0);
        int at = 0;
        for (int i = 0; i < charge.size(); i++) {
            items[at + 1] = GIVE;
            int length = limit(charge.item(i).limit()).length;
            at += ITEM_BYTES + length + (ids == null || ids[i] == null ? 0 : ids[i].length);
        }
        return items;
    }

    private byte[] encode(Charge charge, byte @Nullable [] @Nullable [] ids, int room) {
        byte[][] limits = new byte[charge.size()][];
        int length = room;
        for (int i = 0; i < limits.length; i++) {
            limits[i] = limit(charge.item(i).limit());
            length += ITEM_BYTES + limits[i].length + (ids == null || ids[i] == null ? 0 : ids[i].length);
        }
        ByteBuffer buffer = ByteBuffer.allocate(length);
        for (int i = 0; i < limits.length; i++) {
            ChargeItem item = charge.item(i);
            buffer.put(code(item.kind())).put(code(item.action())).putDouble((double) item.cost());
            int start = buffer.position();
            buffer.put(limits[i]);
            if (ids != null && ids[i] != null) {
                buffer.putDouble(start + LIMIT_BYTES - Integer.BYTES - Double.BYTES, item.leaseId() == null ? 0 : 1)
                        .putInt(start + LIMIT_BYTES - Integer.BYTES, LEASE_BYTES + ids[i].length)
                        .put(ids[i]);
            }
        }
        return buffer.array();
    }

    private static byte code(ItemKind kind) {
        return switch (kind) {
            case BUCKET -> 0;
            case ROLLING -> 1;
            case LEASE -> 2;
        };
    }

    private static byte code(Action action) {
        return switch (action) {
            case TAKE -> 0;
            case LOOK -> 1;
            case WATCH -> 2;
            case GLANCE -> 3;
            case SETTLE -> 4;
        };
    }

    private byte[] limit(Limit limit) {
        byte[] known = limits.get(limit);
        if (known != null) {
            return known;
        }
        if (limits.size() >= REMEMBERED) {
            limits.clear(); // numbers of old versions; those in use come back at once
        }
        byte[] bytes = limit instanceof BucketLimit bucket
                ? bucket(bucket)
                : limit instanceof RollingLimit rolling ? rolling(rolling) : lease((LeaseLimit) limit);
        limits.put(limit, bytes);
        return bytes;
    }

    private static byte[] bucket(BucketLimit limit) {
        Bandwidth[] bandwidths = limit.configuration().getBandwidths();
        byte[] state = InternalSerializationHelper.serializeState(
                new RemoteBucketState(
                        new BucketState64BitsInteger(limit.configuration(), 0), new RemoteStat(0), limit.version()),
                Versions.getLatest());
        int head = state.length - TAIL_BYTES - RATE_LONGS * Long.BYTES * bandwidths.length;
        int more = RATE_LONGS * Double.BYTES * (bandwidths.length - 1) + head;
        ByteBuffer buffer = ByteBuffer.allocate(LIMIT_BYTES + more);
        buffer.putLong(limit.version()).put((byte) bandwidths.length);
        for (int i = 0; i < bandwidths.length; i++) {
            long periodMillis = bandwidths[i].getRefillPeriodNanos() / NANOS_PER_MILLI;
            numbers(buffer, bandwidths[i].getCapacity(), bandwidths[i].getRefillTokens(), periodMillis);
            if (i == 0) {
                buffer.putInt(more);
            }
        }
        return buffer.put(state, 0, head).array();
    }

    private static byte[] rolling(RollingLimit limit) {
        int more = Long.BYTES + 1 + 2 * Long.BYTES * limit.size();
        ByteBuffer buffer = ByteBuffer.allocate(LIMIT_BYTES + more);
        buffer.putLong(limit.version()).put((byte) limit.size());
        numbers(buffer, 0, 0, 0);
        buffer.putInt(more).putLong(limit.version()).put((byte) limit.size());
        for (int i = 0; i < limit.size(); i++) {
            buffer.putLong(limit.amount(i)).putLong(limit.periodNanos(i) / NANOS_PER_MILLI);
        }
        return buffer.array();
    }

    private byte[] lease(LeaseLimit limit) {
        ByteBuffer buffer = ByteBuffer.allocate(LIMIT_BYTES + LEASE_BYTES);
        buffer.putLong(limit.version()).put((byte) 1);
        numbers(buffer, limit.max(), leaseLifeMillis, 0);
        return buffer.putInt(LEASE_BYTES)
                .put((byte) 'v')
                .putLong(limit.version())
                .putLong(limit.max())
                .put((byte) 'l')
                .array();
    }

    private static void numbers(ByteBuffer buffer, long first, long second, long third) {
        buffer.putDouble((double) first).putDouble((double) second).putDouble((double) third);
    }
}

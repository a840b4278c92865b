// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.ChargeItem;
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

/**
 * Writes an item as the script {@code charge.lua} reads it. Big-endian; numbers are doubles, because Lua counts in nothing else:
 *
 * <pre>
 * byte kind (0 bucket, 1 rolling, 2 lease), byte action (0 take, 1 look, 2 watch, 3 glance, 4 settle), double cost,
 * long version, byte rates, three doubles, the rest; these are
 * bucket:  capacity, tokens and period in ms of the first rate; the same of all others, then the state of Bucket4j up to its sizes
 * rolling: nothing; what the log begins with: long version, byte rates, for each: long amount, long period in ms
 * lease:   the most there may be, its life in ms, 1 if the id is the caller's; the two members of the set: 'v', long version,
 *          long most; 'l', id
 * </pre>
 *
 * The bytes of limits are remembered. Thread-safe.
 */
final class ItemCodec {

    private static final int ITEM_BYTES = 2 + Double.BYTES;
    /** Version, number of rates, and three numbers. */
    private static final int LIMIT_BYTES = Long.BYTES + 1 + 3 * Double.BYTES;

    private static final int RATE_LONGS = 3;
    /** After the sizes: format, consumed, whether there is a version, version. */
    private static final int TAIL_BYTES = Integer.BYTES + Long.BYTES + 1 + Long.BYTES;

    /** Where a lease's third number stands. */
    private static final int NAMED_AT = LIMIT_BYTES - Double.BYTES;

    private static final int REMEMBERED = 10_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final long leaseLifeMillis;
    private final ConcurrentHashMap<Limit, byte[]> limits = new ConcurrentHashMap<>();

    ItemCodec(long leaseLifeMillis) {
        this.leaseLifeMillis = leaseLifeMillis;
    }

    byte[] encode(ChargeItem item) {
        byte[] limit = limit(item.limit());
        return header(item, limit.length).put(limit).array();
    }

    /** With the id that a lease is to have. */
    byte[] encode(ChargeItem item, byte[] leaseId) {
        byte[] limit = limit(item.limit());
        return header(item, limit.length + 1 + leaseId.length)
                .put(limit)
                .putDouble(ITEM_BYTES + NAMED_AT, item.leaseId() == null ? 0 : 1)
                .put((byte) 'l')
                .put(leaseId)
                .array();
    }

    private static ByteBuffer header(ChargeItem item, int more) {
        int kind = switch (item.kind()) {
            case BUCKET -> 0;
            case ROLLING -> 1;
            case LEASE -> 2;
        };
        return ByteBuffer.allocate(ITEM_BYTES + more)
                .put((byte) kind)
                .put(code(item.action()))
                .putDouble((double) item.cost());
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
        for (Bandwidth bandwidth : bandwidths) {
            long periodMillis = bandwidth.getRefillPeriodNanos() / NANOS_PER_MILLI;
            numbers(buffer, bandwidth.getCapacity(), bandwidth.getRefillTokens(), periodMillis);
        }
        return buffer.put(state, 0, head).array();
    }

    private static byte[] rolling(RollingLimit limit) {
        ByteBuffer buffer = ByteBuffer.allocate(LIMIT_BYTES + Long.BYTES + 1 + 2 * Long.BYTES * limit.size());
        buffer.putLong(limit.version()).put((byte) limit.size()).position(LIMIT_BYTES);
        buffer.putLong(limit.version()).put((byte) limit.size());
        for (int i = 0; i < limit.size(); i++) {
            buffer.putLong(limit.amount(i)).putLong(limit.periodNanos(i) / NANOS_PER_MILLI);
        }
        return buffer.array();
    }

    private byte[] lease(LeaseLimit limit) {
        ByteBuffer buffer = ByteBuffer.allocate(LIMIT_BYTES + 1 + 2 * Long.BYTES);
        buffer.putLong(limit.version()).put((byte) 1);
        numbers(buffer, limit.max(), leaseLifeMillis, 0);
        return buffer.put((byte) 'v')
                .putLong(limit.version())
                .putLong(limit.max())
                .array();
    }

    private static void numbers(ByteBuffer buffer, long first, long second, long third) {
        buffer.putDouble((double) first).putDouble((double) second).putDouble((double) third);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.BucketLimit;
import dev.weir.store.ChargeItem;
import dev.weir.store.Limit;
import dev.weir.store.Rate;
import dev.weir.store.Verdict;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketState;
import io.github.bucket4j.BucketState64BitsInteger;
import io.github.bucket4j.TokensInheritanceStrategy;
import io.github.bucket4j.distributed.remote.CommandResult;
import io.github.bucket4j.distributed.remote.MutableBucketEntry;
import io.github.bucket4j.distributed.remote.RemoteBucketState;
import io.github.bucket4j.distributed.remote.RemoteCommand;
import io.github.bucket4j.distributed.remote.RemoteStat;
import io.github.bucket4j.distributed.serialization.InternalSerializationHelper;
import io.github.bucket4j.distributed.serialization.SerializationHandle;
import io.github.bucket4j.distributed.versioning.Version;
import io.github.bucket4j.distributed.versioning.Versions;
import java.util.ArrayList;
import java.util.List;

/**
 * What one item does to its bucket: the arithmetic of Bucket4j, with the verdicts of {@code charge.lua}. Bucket4j runs it in this
 * JVM, once for each attempt, so it writes nothing into the item before one has succeeded. Not thread-safe.
 */
final class BucketCommand implements RemoteCommand<BucketCommand.Found> {

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long MARGIN_MILLIS = 10_000; // as charge.lua has it
    private static final long LONGEST_LIFE_MILLIS = 2_000_000_000_000L; // 63 years, as there
    private static final long NEVER = -1;
    private static final long FAR = Long.MAX_VALUE / NANOS_PER_MILLI; // milliseconds

    /** What there was; waits and resets in milliseconds, one for each rate of the limit in force. */
    record Found(Limit inForce, Verdict verdict, List<long[]> rates) {

        void writeInto(ChargeItem item) {
            item.verdict(verdict);
            item.holdTo(inForce);
            for (int i = 0; i < rates.size(); i++) {
                long[] rate = rates.get(i);
                item.report(i, rate[0], nanos(rate[1]), nanos(rate[2]));
            }
        }

        private static long nanos(long millis) {
            if (millis == NEVER) {
                return Long.MAX_VALUE;
            }
            return millis >= FAR ? Long.MAX_VALUE - 1 : millis * NANOS_PER_MILLI; // far, but not never
        }
    }

    private final ChargeItem item;
    private final Exchange exchange;

    BucketCommand(ChargeItem item, Exchange exchange) {
        this.item = item;
        this.exchange = exchange;
    }

    /** The time is that of the server, which came with the bytes. */
    @Override
    public CommandResult<Found> execute(MutableBucketEntry entry, long unused) {
        long now = exchange.nowNanos();
        BucketLimit asked = (BucketLimit) item.limit();
        StoredBucket stored = exchange.stored();
        RemoteBucketState state;
        Limit inForce = asked;
        boolean write = false;
        if (stored == null) {
            state = new RemoteBucketState(
                    new BucketState64BitsInteger(asked.configuration(), now), new RemoteStat(0), asked.version());
        } else {
            write = stored.isAhead(now); // a clock went back, and nobody shall wait for it
            state = write ? InternalSerializationHelper.deserializeState(stored.until(now)) : entry.get();
            state.refillAllBandwidth(now);
            Long version = state.getConfigurationVersion();
            if (version == null || asked.version() > version) {
                state.replaceConfiguration(asked.configuration(), TokensInheritanceStrategy.ADDITIVE, now);
                state.setConfigurationVersion(asked.version());
                write = true;
            } else if (asked.version() != version || !asked.configuration().equals(state.getConfiguration())) {
                inForce = limit(state, version);
            }
        }
        Verdict verdict = verdict(state);
        long taken = taken(state, verdict);
        if (taken > 0) {
            state.consume(taken);
        }
        if (write || taken > 0) {
            entry.set(state);
        }
        return CommandResult.success(found(state, inForce, verdict), 0);
    }

    private static Bandwidth[] bandwidths(RemoteBucketState state) {
        return state.getConfiguration().getBandwidths();
    }

    private static Limit limit(RemoteBucketState state, long version) {
        List<Rate> rates = new ArrayList<>();
        for (Bandwidth rate : bandwidths(state)) {
            rates.add(new Rate(rate.getRefillTokens(), rate.getRefillPeriodNanos(), rate.getCapacity()));
        }
        return new BucketLimit(rates, version);
    }

    private Verdict verdict(RemoteBucketState state) {
        Verdict verdict = Verdict.PASSED;
        Bandwidth[] bandwidths = bandwidths(state);
        for (int i = 0; i < bandwidths.length && !isSettled(); i++) {
            if (item.cost() > bandwidths[i].getCapacity()) {
                return Verdict.IMPOSSIBLE;
            }
            if (item.cost() > state.getState().getCurrentSize(i)) {
                verdict = Verdict.REFUSED;
            }
        }
        return verdict;
    }

    private boolean isSettled() {
        return switch (item.action()) {
            case SETTLE -> true;
            case TAKE, LOOK, WATCH, GLANCE -> false;
        };
    }

    /** What is settled takes a bucket down to minus its capacity, and no further. */
    private long taken(RemoteBucketState state, Verdict verdict) {
        return switch (item.action()) {
            case TAKE, WATCH -> verdict == Verdict.PASSED ? item.cost() : 0;
            case LOOK, GLANCE -> 0;
            case SETTLE -> {
                long room = item.cost();
                Bandwidth[] bandwidths = bandwidths(state);
                for (int i = 0; i < bandwidths.length; i++) {
                    room = Math.min(room, state.getState().getCurrentSize(i) + bandwidths[i].getCapacity());
                }
                yield Math.max(0, room);
            }
        };
    }

    private Found found(RemoteBucketState remote, Limit inForce, Verdict verdict) {
        BucketState state = remote.getState();
        Bandwidth[] bandwidths = bandwidths(remote);
        List<long[]> rates = new ArrayList<>();
        for (int i = 0; i < bandwidths.length; i++) {
            long size = state.getCurrentSize(i);
            long wait = verdict == Verdict.PASSED ? 0 : gain(state, i, item.cost() - size);
            rates.add(new long[] {
                Math.max(0, size),
                item.cost() > bandwidths[i].getCapacity() && verdict != Verdict.PASSED ? NEVER : wait,
                gain(state, i, bandwidths[i].getCapacity() - size)
            });
        }
        return new Found(inForce, verdict, rates);
    }

    /** How long a bandwidth needs for so many tokens, in milliseconds, rounded up. */
    private static long gain(BucketState state, int rate, long tokens) {
        if (tokens <= 0) {
            return 0;
        }
        Bandwidth bandwidth = state.getConfiguration().getBandwidths()[rate];
        long period = bandwidth.getRefillPeriodNanos() / NANOS_PER_MILLI;
        if (tokens > Long.MAX_VALUE / period) {
            return FAR; // what is owed from a time of larger numbers may take longer than counts
        }
        long missing = tokens * period - state.getRoundingError(rate) / NANOS_PER_MILLI;
        return Math.min(FAR, -Math.floorDiv(-missing, bandwidth.getRefillTokens()));
    }

    /** How long a bucket is kept: until it is whole, which is the same as none, and a little longer. */
    static long lifeMillis(RemoteBucketState remote) {
        long whole = 0;
        Bandwidth[] bandwidths = bandwidths(remote);
        for (int i = 0; i < bandwidths.length; i++) {
            long missing = bandwidths[i].getCapacity() - remote.getState().getCurrentSize(i);
            whole = Math.max(whole, gain(remote.getState(), i, missing));
        }
        return Math.min(whole, LONGEST_LIFE_MILLIS) + MARGIN_MILLIS;
    }

    // What Bucket4j asks of commands that travel or are merged, which this one does not.

    @Override
    public SerializationHandle<RemoteCommand<?>> getSerializationHandle() {
        throw new UnsupportedOperationException("it runs where it was made");
    }

    @Override
    public boolean isImmediateSyncRequired(long unsynchronizedTokens, long nanosSinceLastSync) {
        return true;
    }

    @Override
    public long estimateTokensToConsume() {
        return item.cost();
    }

    @Override
    public long getConsumedTokens(Found found) {
        return found.verdict() == Verdict.PASSED ? item.cost() : 0;
    }

    @Override
    public Version getRequiredVersion() {
        return Versions.getLatest();
    }
}

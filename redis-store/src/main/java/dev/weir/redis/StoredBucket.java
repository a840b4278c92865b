// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * A bucket as its bytes lie in Redis, looked through before Bucket4j reads them: it would take a length in garbage for a length.
 * Immutable, as long as the bytes are left alone.
 */
final class StoredBucket {

    private static final int STATE_BYTES = 3 * Long.BYTES; // time, size, what was begun of a token
    private static final int CONFIGURATION_FORMAT = 1;
    private static final int BANDWIDTH_FORMAT = 1;
    private static final int STATE_FORMAT = 3;
    private static final int STATE_VERSION = 1;
    private static final int STATISTICS = Integer.BYTES + Long.BYTES;
    private static final int VERSION = 1 + Long.BYTES;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long EXACT = 1L << 53;

    private final byte[] bytes;
    private final int rates;
    private final int states;

    private StoredBucket(byte[] bytes, int rates, int states) {
        this.bytes = bytes;
        this.rates = rates;
        this.states = states;
    }

    /**
     * Looks bytes through.
     *
     * @throws IllegalArgumentException if they are no bucket of Weir
     */
    static StoredBucket read(byte[] bytes) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            int layout = in.getInt();
            require(layout == 1 || layout == 2, "an unknown layout");
            require(in.getInt() == CONFIGURATION_FORMAT, "an unknown configuration");
            int rates = in.getInt();
            require(rates > 0, "no bandwidth");
            for (int i = 0; i < rates; i++) {
                bandwidth(in);
            }
            require(in.getInt() == STATE_FORMAT && in.getInt() == STATE_VERSION, "an unknown state");
            require(in.getInt() == STATE_BYTES / Long.BYTES * rates, "a state of other bandwidths");
            int rest = in.remaining() - STATE_BYTES * rates;
            require(rest >= STATISTICS && rest <= STATISTICS + VERSION, "another length than its bandwidths have");
            return new StoredBucket(bytes, rates, in.position());
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("too few bytes", e);
        }
    }

    private static void bandwidth(ByteBuffer in) {
        int format = in.getInt();
        long capacity = in.getLong();
        long initial = in.getLong();
        long period = in.getLong();
        long tokens = in.getLong();
        boolean greedy = in.get() == 0;
        in.getLong(); // the first refill
        in.get(); // whether the initial tokens follow it
        if (in.get() == 1) {
            int name = Short.toUnsignedInt(in.getShort());
            require(in.remaining() >= name, "a name that ends too early");
            in.position(in.position() + name);
        }
        require(
                format == BANDWIDTH_FORMAT
                        && greedy
                        && capacity > 0
                        && capacity <= EXACT
                        && initial == capacity
                        && tokens > 0
                        && tokens <= EXACT
                        && period > 0
                        && period % NANOS_PER_MILLI == 0
                        && Math.max(2 * capacity, tokens + 1) <= EXACT / (period / NANOS_PER_MILLI),
                "a bandwidth that is not one of Weir");
    }

    private static void require(boolean sound, String otherwise) {
        if (!sound) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** Answers whether one of its times is still to come. */
    boolean isAhead(long nowNanos) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        for (int i = 0; i < rates; i++) {
            if (in.getLong(states + i * STATE_BYTES) > nowNanos) {
                return true;
            }
        }
        return false;
    }

    /** Its bytes, as if what is still to come had been now. */
    byte[] until(long nowNanos) {
        ByteBuffer copy = ByteBuffer.wrap(bytes.clone());
        for (int i = 0; i < rates; i++) {
            int at = states + i * STATE_BYTES;
            copy.putLong(at, Math.min(copy.getLong(at), nowNanos));
        }
        return copy.array();
    }
}

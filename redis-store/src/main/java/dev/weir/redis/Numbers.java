// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The reply of a script: a flat list of whole numbers, or a text of them as doubles, big-endian, which costs Redis less. Written by
 * one thread of Lettuce.
 */
final class Numbers extends CommandOutput<byte[], byte[], long[]> {

    private int filled;
    private boolean list;

    Numbers() {
        super(ByteArrayCodec.INSTANCE, new long[0]);
    }

    @Override
    public void multi(int count) {
        output = new long[count];
        filled = 0;
        list = true;
    }

    @Override
    public void set(long number) {
        if (filled == output.length) {
            setError("WEIR a reply of more numbers than it said");
            return;
        }
        output[filled++] = number;
    }

    @Override
    public void set(@Nullable ByteBuffer bytes) {
        if (list || bytes == null || bytes.remaining() % Double.BYTES != 0) {
            setError("WEIR a reply that is not of numbers");
            return;
        }
        output = new long[bytes.remaining() / Double.BYTES];
        for (int i = 0; i < output.length; i++) {
            double number = bytes.getDouble(bytes.position() + i * Double.BYTES);
            output[i] = (long) number;
            if (output[i] != number) {
                setError("WEIR a reply of what is no whole number");
            }
        }
    }
}

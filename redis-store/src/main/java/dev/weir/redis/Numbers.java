// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;

/** The reply of a script: a flat list of whole numbers, kept as they are. Written by one thread of Lettuce. */
final class Numbers extends CommandOutput<byte[], byte[], long[]> {

    private int filled;

    Numbers() {
        super(ByteArrayCodec.INSTANCE, new long[0]);
    }

    @Override
    public void multi(int count) {
        output = new long[count];
        filled = 0;
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
    public void set(ByteBuffer bytes) {
        setError("WEIR a reply that is not of numbers");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The reply of a script to several charges: for each its numbers, or the error that it alone has met. Written by one thread of Lettuce. */
final class ManyNumbers extends CommandOutput<byte[], byte[], List<Object>> {

    private boolean inside;

    ManyNumbers() {
        super(ByteArrayCodec.INSTANCE, new ArrayList<>());
    }

    /** Hands each charge what was said of it. Whatever is missing or makes no sense is an error of that charge. */
    static void handTo(List<Asked> charges, List<?> replies) {
        for (int i = 0; i < charges.size(); i++) {
            Object reply = i < replies.size() ? replies.get(i) : new IllegalStateException("Redis left it out.");
            if (reply instanceof long[] numbers) {
                charges.get(i).answer(numbers);
            } else {
                charges.get(i).fail((Throwable) reply);
            }
        }
    }

    @Override
    public void multi(int count) {
        inside = true;
    }

    @Override
    public void set(@Nullable ByteBuffer bytes) {
        Numbers numbers = new Numbers();
        numbers.set(bytes);
        output.add(numbers.hasError() ? new RedisCommandExecutionException(numbers.getError()) : numbers.get());
    }

    @Override
    public void setError(ByteBuffer error) {
        if (inside) {
            output.add(new RedisCommandExecutionException(
                    StandardCharsets.UTF_8.decode(error).toString()));
        } else {
            super.setError(error);
        }
    }
}

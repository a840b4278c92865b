// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import dev.weir.redisrig.CommandCounts;
import dev.weir.redisrig.Resp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What a server did between two moments, by its own account. The commands that ask it are left out of commands and bytes; its
 * processor time has them, some tenths of a millisecond. Immutable.
 *
 * @param counts commands, and processor time
 * @param bytesIn what came over the network
 * @param bytesOut what it answered
 */
record Spent(CommandCounts counts, long bytesIn, long bytesOut) {

    private static final String[] QUESTION = {"INFO", "stats"};

    /** {@code *2 $4 INFO $5 stats}, each with its line's end. */
    private static final int QUESTION_BYTES = 4 + 4 + 6 + 4 + 7;

    /** Something that a server does. */
    @FunctionalInterface
    interface Work {
        /** Returns when the server has answered all of it. */
        void run() throws IOException, InterruptedException;
    }

    /**
     * Asks before and after.
     *
     * @param redis a connection for the questions
     * @param work what the server does
     * @return what it took the server
     */
    static Spent on(Resp redis, Work work) throws IOException, InterruptedException {
        CommandCounts counted = CommandCounts.of(redis);
        String before = redis.text(QUESTION);
        work.run();
        String after = redis.text(QUESTION);
        CommandCounts counts = CommandCounts.of(redis).minus(counted);
        // The first answer goes out after it was written, and the second question comes in before it is answered.
        int length = before.getBytes(StandardCharsets.UTF_8).length;
        int answerBytes = ("$" + length).length() + 2 + length + 2;
        return new Spent(
                counts,
                value(after, "total_net_input_bytes") - value(before, "total_net_input_bytes") - QUESTION_BYTES,
                value(after, "total_net_output_bytes") - value(before, "total_net_output_bytes") - answerBytes);
    }

    /** {@return how many commands ran, those inside scripts included} */
    long commands() {
        return counts.calls() - counts.calls("info");
    }

    private static long value(String info, String name) throws IOException {
        return info.lines()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new IOException("INFO does not say " + name));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;

/**
 * What this JVM has used since it began. Immutable.
 *
 * @param answerNanos CPU time of what answers requests: the Java threads that live, and the collector of their garbage
 * @param processNanos CPU time of the whole process: its compiler's too, and in steps of 10 ms
 * @param allocatedBytes what the Java threads that live have allocated
 * @param compileMillis how long its compilers have been at work
 */
record Usage(long answerNanos, long processNanos, long allocatedBytes, long compileMillis) {

    static Usage now() throws IOException {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
        long[] ids = threads.getAllThreadIds();
        return new Usage(
                sum(threads.getThreadCpuTime(ids)) + CollectorTime.nanos(),
                system.getProcessCpuTime(),
                sum(threads.getThreadAllocatedBytes(ids)),
                ManagementFactory.getCompilationMXBean().getTotalCompilationTime());
    }

    /** What is not known of a thread that has just ended is -1. */
    private static long sum(long... values) {
        long sum = 0;
        for (long value : values) {
            sum += Math.max(0, value);
        }
        return sum;
    }

    Usage minus(Usage before) {
        return new Usage(
                answerNanos - before.answerNanos,
                processNanos - before.processNanos,
                allocatedBytes - before.allocatedBytes,
                compileMillis - before.compileMillis);
    }

    /** {@return one line that {@link #parse} reads} */
    String line() {
        return answerNanos + " " + processNanos + " " + allocatedBytes + " " + compileMillis;
    }

    static Usage parse(String line) {
        String[] words = line.split(" ", -1);
        return new Usage(
                Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]));
    }
}

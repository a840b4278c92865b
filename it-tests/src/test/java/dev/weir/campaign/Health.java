// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a process holds.
 *
 * @param threads its threads
 * @param files its file descriptors
 * @param heapKib its heap in use after a collection
 * @param inFlight requests that hold leases
 */
record Health(int threads, int files, long heapKib, long inFlight) {

    private static final Pattern SPACE = Pattern.compile(" ");

    static Health now(long inFlight) {
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1_024;
        String[] open = new File("/proc/self/fd").list();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        return new Health(threads, open == null ? 0 : open.length, heap, inFlight);
    }

    String line() {
        return threads + " " + files + " " + heapKib + " " + inFlight;
    }

    static Health of(String line) {
        List<String> words = SPACE.splitAsStream(line).toList();
        return new Health(
                Integer.parseInt(words.get(0)),
                Integer.parseInt(words.get(1)),
                Long.parseLong(words.get(2)),
                Long.parseLong(words.get(3)));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a process holds.
 *
 * @param threads how many threads there are of each kind, by what their names have in common
 * @param files its file descriptors
 * @param heapKib its heap in use after a collection
 * @param inFlight requests that hold leases
 */
record Health(Map<String, Integer> threads, int files, long heapKib, long inFlight) {

    private static final Pattern SPACE = Pattern.compile(" ");
    private static final Pattern COMMA = Pattern.compile(",");
    private static final Pattern NUMBER = Pattern.compile("[- ]*\\d+");

    static Health now(long inFlight) {
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1_024;
        String[] open = new File("/proc/self/fd").list();
        ThreadMXBean bean = ManagementFactory.getThreadMXBean();
        Map<String, Integer> threads = Arrays.stream(bean.getThreadInfo(bean.getAllThreadIds()))
                .filter(Objects::nonNull) // else it has ended meanwhile
                .collect(Collectors.toMap(Health::kind, thread -> 1, Integer::sum, TreeMap::new));
        return new Health(threads, open == null ? 0 : open.length, heap, inFlight);
    }

    /** The name without numbers: that of the pool. */
    private static String kind(ThreadInfo thread) {
        return NUMBER.matcher(thread.getThreadName()).replaceAll("").replace(' ', '-');
    }

    /** {@return how many threads there are of all kinds} */
    int threadCount() {
        return threads.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** {@return how many threads there are more of each kind than before, but for kinds of which there are no more} */
    Map<String, Integer> moreThreadsThan(Health before) {
        Map<String, Integer> more = new TreeMap<>(threads);
        before.threads.forEach((kind, count) -> more.merge(kind, -count, Integer::sum));
        more.values().removeIf(count -> count <= 0);
        return more;
    }

    String line() {
        String kinds = threads.entrySet().stream()
                .map(kind -> kind.getKey() + "=" + kind.getValue())
                .collect(Collectors.joining(","));
        return kinds + " " + files + " " + heapKib + " " + inFlight;
    }

    static Health of(String line) {
        List<String> words = SPACE.splitAsStream(line).toList();
        Map<String, Integer> threads = new TreeMap<>();
        COMMA.splitAsStream(words.get(0)).forEach(kind -> {
            int equals = kind.lastIndexOf('=');
            threads.put(kind.substring(0, equals), Integer.parseInt(kind.substring(equals + 1)));
        });
        return new Health(
                threads, Integer.parseInt(words.get(1)), Long.parseLong(words.get(2)), Long.parseLong(words.get(3)));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.load;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The container or host, by the JVM's own beans, which know of cgroups.
 *
 * <p>Design: the bean counts cached files as memory in use, so that of a host which has been up for a day nothing is left.
 * Where Linux tells how much of it can be given back, that is taken off: for a host what {@code MemAvailable} says, for a
 * container its inactive files, as Kubernetes counts. Where it does not, the bean's own number counts.
 */
final class SystemLoad implements LoadSource {

    private static final double PERCENT = 100.0;
    private static final long BYTES_PER_KILOBYTE = 1024;

    private final OperatingSystemMXBean bean = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final Path root;

    SystemLoad() {
        this(Path.of("/"));
    }

    /** Reads {@code /proc} and {@code /sys} below this folder. */
    SystemLoad(Path root) {
        this.root = root;
    }

    @Override
    public double cpuPercent() {
        return bean.getCpuLoad() * PERCENT;
    }

    @Override
    public double memoryPercent() {
        return memoryPercent(bean.getTotalMemorySize(), bean.getFreeMemorySize());
    }

    /** What is in use, where the bean says so much is there and so much of it free. */
    double memoryPercent(long total, long free) {
        if (total <= 0 || free < 0) {
            return Double.NaN;
        }
        long host = kilobytes("MemTotal:");
        boolean onHost = host > 0 && total >= host;
        long available = onHost ? kilobytes("MemAvailable:") : free + inactiveFiles();
        long left = Math.min(total, Math.max(free, available));
        return (total - left) * PERCENT / total;
    }

    private long kilobytes(String key) {
        return number(root.resolve("proc/meminfo"), key) * BYTES_PER_KILOBYTE;
    }

    private long inactiveFiles() {
        for (Path folder : cgroups()) {
            Path statistics = folder.resolve("memory.stat");
            if (Files.isReadable(statistics)) {
                return Math.max(number(statistics, "inactive_file"), number(statistics, "total_inactive_file"));
            }
        }
        return 0;
    }

    /** Where the group may be seen from here: by its path, or, in a namespace of its own, at the top; version 2, then 1. */
    private List<Path> cgroups() {
        List<Path> folders = new ArrayList<>();
        Path top = root.resolve("sys/fs/cgroup");
        for (String line : lines(root.resolve("proc/self/cgroup"))) {
            String[] parts = line.split(":", 3);
            if (parts.length == 3 && parts[2].startsWith("/")) {
                if (parts[1].isEmpty()) {
                    folders.add(top.resolve(parts[2].substring(1)).normalize());
                } else if (List.of(parts[1].split(",")).contains("memory")) {
                    folders.add(
                            top.resolve("memory").resolve(parts[2].substring(1)).normalize());
                }
            }
        }
        folders.add(top);
        folders.add(top.resolve("memory"));
        return folders;
    }

    /** The number behind a word at the beginning of a line, or 0. */
    private static long number(Path file, String key) {
        for (String line : lines(file)) {
            String[] words = line.split("\\s+", -1);
            if (words.length >= 2 && words[0].equals(key) && words[1].matches("[0-9]{1,18}")) {
                return Long.parseLong(words[1]);
            }
        }
        return 0;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of(); // Not Linux, or not allowed: then the bean's number counts.
        }
    }
}

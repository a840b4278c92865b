// SPDX-License-Identifier: Apache-2.0
package dev.weir.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in use is told from what the kernel can give back, by the files that Linux shows. */
class SystemLoadTest {

    private static final long MEGABYTE = 1 << 20;

    @TempDir
    private Path root;

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private void host(long totalMegabytes, long availableMegabytes) throws IOException {
        write(
                "proc/meminfo",
                "MemTotal:       " + totalMegabytes * 1024 + " kB\nMemFree:  1 kB\nMemAvailable:   "
                        + availableMegabytes * 1024 + " kB\n");
    }

    private double percent(long totalMegabytes, long freeMegabytes) {
        return new SystemLoad(root).memoryPercent(totalMegabytes * MEGABYTE, freeMegabytes * MEGABYTE);
    }

    @Test
    void host_countsCachesAsAvailable() throws IOException {
        host(1000, 700);
        assertThat(percent(1000, 20)).isEqualTo(30);
    }

    @Test
    void containerOfVersion2_countsInactiveFilesAsAvailable() throws IOException {
        host(8000, 7000);
        write("proc/self/cgroup", "0::/\n");
        write("sys/fs/cgroup/memory.stat", "anon 5\ninactive_file " + 300 * MEGABYTE + "\n");
        assertThat(percent(1000, 20)).isEqualTo(68);
    }

    @Test
    void serviceWithAPathOfItsOwn_isFoundByIt() throws IOException {
        host(8000, 7000);
        write("proc/self/cgroup", "0::/system.slice/shop.service\n");
        write("sys/fs/cgroup/memory.stat", "inactive_file 0\n");
        write("sys/fs/cgroup/system.slice/shop.service/memory.stat", "inactive_file " + 100 * MEGABYTE + "\n");
        assertThat(percent(1000, 100)).isEqualTo(80);
    }

    @Test
    void containerOfVersion1_countsInactiveFilesOfAllBelow() throws IOException {
        host(8000, 7000);
        write("proc/self/cgroup", "4:cpu,cpuacct:/docker/x\n3:memory:/docker/x\n");
        write("sys/fs/cgroup/memory/memory.stat", "inactive_file 7\ntotal_inactive_file " + 200 * MEGABYTE + "\n");
        assertThat(percent(1000, 100)).isEqualTo(70);
    }

    @Test
    void elsewhere_theBeanCounts() throws IOException {
        assertThat(percent(1000, 20)).isEqualTo(98);
        write("proc/meminfo", "MemTotal: lots\n");
        write("sys/fs/cgroup/memory.stat", "nonsense\ninactive_file -3\n");
        assertThat(percent(1000, 20)).isEqualTo(98);
    }

    @Test
    void nonsenseOfTheBean_isUnknown() {
        assertThat(percent(0, 0)).isNaN();
        assertThat(percent(-1, 5)).isNaN();
        assertThat(percent(100, -1)).isNaN();
        assertThat(percent(100, 200)).isZero();
    }
}

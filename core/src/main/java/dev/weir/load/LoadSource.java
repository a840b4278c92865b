// SPDX-License-Identifier: Apache-2.0
package dev.weir.load;

/**
 * Where a {@link ResourceMonitor} reads: the container or host, unless an application has another meter.
 *
 * <p>What it throws counts as unknown. It is asked by one thread at a time.
 *
 * @since 0.1
 */
public interface LoadSource {

    /** {@return the load of the processors since the last call, 0 to 100; negative or NaN if it is not known} */
    double cpuPercent();

    /** {@return how much of the memory is in use, 0 to 100; negative or NaN if it is not known} */
    double memoryPercent();

    /**
     * Returns the container that the JVM runs in, or the host if it runs in none.
     *
     * <p>Processors are those that the JVM may use. Of memory, what the kernel can give back at once, such as cached files, is
     * not in use.
     *
     * @return the source
     */
    static LoadSource ofSystem() {
        return new SystemLoad();
    }
}

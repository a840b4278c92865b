// SPDX-License-Identifier: Apache-2.0
package dev.weir;

/**
 * What the current thread has used by itself, whatever others do on this machine. By reflection, because core does not read the
 * modules of the beans.
 */
public final class ThreadUse {

    private ThreadUse() {}

    public static long processorNanos() throws ReflectiveOperationException {
        return ask("java.lang.management.ThreadMXBean", "getCurrentThreadCpuTime");
    }

    public static long allocatedBytes() throws ReflectiveOperationException {
        return ask("com.sun.management.ThreadMXBean", "getCurrentThreadAllocatedBytes");
    }

    private static long ask(String bean, String method) throws ReflectiveOperationException {
        Object threads = Class.forName("java.lang.management.ManagementFactory")
                .getMethod("getThreadMXBean")
                .invoke(null);
        return (long) Class.forName(bean).getMethod(method).invoke(threads);
    }
}

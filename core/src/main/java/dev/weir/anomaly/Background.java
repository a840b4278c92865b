// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A daemon thread for what may be slow. It is made when it is first needed, and ends after half a minute without work.
 * Thread-safe.
 */
final class Background implements Executor, AutoCloseable {

    private static final int IDLE_SECONDS = 30;

    private final ScheduledThreadPoolExecutor thread;

    Background(String name) {
        this.thread = new ScheduledThreadPoolExecutor(1, work -> {
            Thread daemon = new Thread(work, name);
            daemon.setDaemon(true);
            return daemon;
        });
        thread.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        thread.allowCoreThreadTimeOut(true);
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public void execute(Runnable work) {
        thread.execute(work);
    }

    /** {@return what can still cancel it} */
    Future<?> executeIn(long nanos, Runnable work) {
        return thread.schedule(work, nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    /** Throws on what nobody may swallow: the JVM itself is failing. A stack overflow is a fault of the code that was called. */
    static void rethrowIfFatal(Throwable thrown) {
        boolean failing = thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError);
        if (failing || thrown.getClass().getName().equals("java.lang.ThreadDeath")) {
            throw (Error) thrown;
        }
    }
}

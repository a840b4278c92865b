// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one daemon thread on which the application's slow code runs, unless the application gives an executor. The thread
 * is made when it is first needed, and ends after half a minute without work.
 */
final class Callbacks implements Executor, AutoCloseable {

    private static final int MAX_WAITING = 10_000;
    private static final int IDLE_SECONDS = 30;

    private final ThreadPoolExecutor thread;

    Callbacks() {
        this.thread = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_WAITING), Callbacks::daemon);
        this.thread.allowCoreThreadTimeOut(true);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "weir-callbacks");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void execute(Runnable work) {
        thread.execute(work);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}

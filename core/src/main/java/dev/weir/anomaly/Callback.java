// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import dev.weir.time.TimeSource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Consumer;

/**
 * A callback that cannot hurt: what it throws is logged at most once a minute, by its type and place only, because the text may
 * hold what a caller has sent. Used by one thread at a time.
 */
final class Callback implements Outlet.Consumer {

    private static final Logger LOG = System.getLogger("dev.weir");
    private static final long INTERVAL_NANOS = 60_000_000_000L;

    private final Consumer<Anomaly> own;
    private final TimeSource time;
    private boolean spoken;
    private long spokenNanos;

    Callback(Consumer<Anomaly> own, TimeSource time) {
        this.own = own;
        this.time = time;
    }

    @Override
    public void take(List<Anomaly> batch, long lost) {
        for (Anomaly event : batch) {
            try {
                own.accept(event);
            } catch (Throwable e) {
                Background.rethrowIfFatal(e);
                complain(e);
            }
        }
    }

    private void complain(Throwable thrown) {
        long now = time.nanoTime();
        if (!spoken || now - spokenNanos >= INTERVAL_NANOS) {
            spoken = true;
            spokenNanos = now;
            StackTraceElement[] stack = thrown.getStackTrace();
            String place = stack.length == 0 ? "" : " at " + stack[0];
            LOG.log(
                    Level.WARNING,
                    "A callback for anomalies failed: " + thrown.getClass().getName() + place);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.time.TimeSource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Log lines that cannot flood: each matter at most once a minute, with the number of times it came up in between.
 *
 * <p>Thread-safe; each matter is guarded by its own lock, held for a few instructions.
 */
final class Complaints {

    /** What there is to complain about. */
    enum Matter {
        LIMITER("The limiter failed; the request passes uncounted, unless a rule for it is on-failure: closed."),
        ADDRESS("The request tells no address; it counts with all others of unknown address."),
        RESOLVER("The RateLimitKeyResolver failed; the request counts by its address alone."),
        COST("The RequestCost failed; the rule's own cost counts."),
        PROFILES("The ProfileSource failed; the last good profile, the file's or the default one counts."),
        RUN_TIME("A profile or block that was set at run time cannot be used or shared; it is left out:"),
        UNSHARED(
                "A profile or block was set while the shared store did not take it; it counts here and is sent again."),
        REFUSAL("The RefusalHandler failed; the standard answer is sent."),
        STORE("The store failed; the rules' on-failure decides."),
        PART("A part of the store does not answer; the rules' on-failure decides about what is kept there."),
        LISTENER("A RateLimitListener failed; the request is not touched by it."),
        ANOMALY("An anomaly cannot be recorded; the request is not touched by it."),
        QUEUE("A queued RateLimitListener is too slow; events are left out."),
        SHADOW("A rule in shadow mode would have refused a request:");

        private final String text;

        Matter(String text) {
            this.text = text;
        }
    }

    private static final Logger LOG = System.getLogger("dev.weir");
    private static final long INTERVAL_NANOS = 60_000_000_000L;

    private static final class Last {
        private boolean spoken;
        private long nanos;
        private long silent;
    }

    private final TimeSource time;
    private final Map<Matter, Last> lasts = new EnumMap<>(Matter.class);

    Complaints(TimeSource time) {
        this.time = time;
        for (Matter matter : Matter.values()) {
            lasts.put(matter, new Last());
        }
    }

    void about(Matter matter, @Nullable Throwable cause) {
        about(matter, "", cause);
    }

    /** Whatever is out of order here, the clock or the log itself, is no reason to fail a request. */
    void about(Matter matter, String detail, @Nullable Throwable cause) {
        try {
            long silent = silentUntilNow(matter);
            if (silent >= 0) {
                String since = silent == 0 ? "" : " (" + silent + " more since the last such line)";
                Level level = matter == Matter.SHADOW ? Level.INFO : Level.WARNING;
                LOG.log(level, matter.text + (detail.isEmpty() ? "" : " " + detail) + since, SafeThrowable.of(cause));
            }
        } catch (Throwable e) {
            Fatal.rethrow(e);
        }
    }

    /** Answers how often a matter came up in silence before this line about it, -1 if this is no time to speak. */
    private long silentUntilNow(Matter matter) {
        Last last = lasts.get(matter);
        if (last == null) {
            throw new IllegalStateException("every matter has its entry");
        }
        synchronized (last) {
            long now = time.nanoTime();
            if (last.spoken && now - last.nanos < INTERVAL_NANOS) {
                last.silent++;
                return -1;
            }
            long silent = last.silent;
            last.spoken = true;
            last.nanos = now;
            last.silent = 0;
            return silent;
        }
    }
}

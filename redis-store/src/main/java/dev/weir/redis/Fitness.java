// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.Outcome;
import io.lettuce.core.RedisCommandExecutionException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Whether a server can do at all what a store asks of it, which is tried on each new connection. What it answers to a trial that
 * touches no key of a caller speaks of the server; the same answer to a charge would be taken for something foreign under a key.
 * Thread-safe.
 */
final class Fitness {

    /** What a server says that knows a command or a part of its Lua not; it says something else when it is busy, full or loading. */
    private static final List<String> LACKS = List.of(
            "nonexistent global", "attempt to ", "unknown command", "compiling script", "Unknown Redis command");

    /** Does with a server what charges will do. */
    @FunctionalInterface
    interface Trial {
        void run(Link link, long deadlineNanos) throws Unanswered;
    }

    private final Link link;
    private final Trial trial;
    private final String remedy;
    private final Rights rights;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile boolean allowed;
    private volatile boolean tried;
    private volatile @Nullable Unanswered obstacle;

    static Fitness ofScripts(Link link, Trial trial, Rights rights) {
        return new Fitness(
                link,
                trial,
                "its script needs EVALSHA, and Lua with struct: use Redis 6.2 or newer, or Valkey, or write"
                        + " store.redis.strategy: compare-and-swap where each request meets one bucket",
                rights);
    }

    static Fitness ofSwaps(Link link, Trial trial, Rights rights) {
        return new Fitness(
                link,
                trial,
                "strategy: compare-and-swap needs GET, SET, PSETEX, TIME, and EVAL without libraries: use a server that"
                        + " has them",
                rights);
    }

    Fitness(Link link, Trial trial, String remedy, Rights rights) {
        this.link = link;
        this.trial = trial;
        this.remedy = remedy;
        this.rights = rights;
    }

    /** There is another connection, perhaps to another server. */
    void connected() {
        tried = false;
        allowed = false;
    }

    /** {@return why the server cannot decide anything, or null as far as is known} */
    @Nullable Unanswered obstacle() {
        return obstacle;
    }

    /** Tries the server, if that has not been done on this connection, and answers whether it may be of use. */
    boolean find(long deadlineNanos) {
        askForRights();
        if (!tried) {
            try {
                trial.run(link, deadlineNanos);
                tried = true;
                obstacle = null;
            } catch (Unanswered e) {
                judge(e);
            }
        }
        return obstacle == null;
    }

    /** Until all is there: who gives rights may do so one after the other, and to a connection that stays. */
    private void askForRights() {
        if (!allowed && asking.compareAndSet(false, true)) {
            rights.look(link, all -> {
                allowed = all;
                asking.set(false);
            });
        }
    }

    private void judge(Unanswered e) {
        Throwable why = e.getCause();
        if (why instanceof RedisCommandExecutionException && lacks(String.valueOf(why.getMessage()))) {
            tried = true;
            obstacle = new Unanswered(
                    Outcome.NOT_SENT, rights.check().unfit(String.valueOf(why.getMessage()), remedy), why);
        }
    }

    private static boolean lacks(String error) {
        return LACKS.stream().anyMatch(error::contains);
    }
}

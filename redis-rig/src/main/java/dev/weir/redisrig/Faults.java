// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

/**
 * What is wrong with the way between two ends.
 *
 * @param requests what is wrong towards the server
 * @param replies what is wrong towards the client
 * @param isHole whether nothing is even read
 */
record Faults(Way requests, Way replies, boolean isHole) {

    static final Faults NONE = new Faults(Way.FREE, Way.FREE, false);
    static final Faults HOLE = new Faults(Way.FREE, Way.FREE, true);

    /**
     * One direction.
     *
     * @param delayNanos how much later everything arrives
     * @param swallows whether nothing arrives, though it is read
     */
    record Way(long delayNanos, boolean swallows) {

        static final Way FREE = new Way(0, false);
        static final Way SWALLOWED = new Way(0, true);
    }

    /** The faults of the moment, which whoever is about to pass something on asks for. Thread-safe. */
    static final class Switch {

        private Faults now = NONE; // guarded by this

        synchronized Faults now() {
            return now;
        }

        synchronized void set(Faults next) {
            now = next;
            notifyAll();
        }

        /** Waits until the hole has been closed. */
        synchronized Faults awaitWay() throws InterruptedException {
            while (now.isHole) {
                wait();
            }
            return now;
        }
    }
}

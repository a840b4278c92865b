// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import java.util.List;

/**
 * Something that went wrong, with its times in nanoseconds of the clock that all processes have in common.
 *
 * @param name what it was
 * @param begin when it began, or before
 * @param end when it was over, or after
 * @param caller who alone is concerned, or {@link #ALL}
 * @param outage whether decisions may be made without Redis meanwhile
 * @param losses what Redis has forgotten by it
 */
record Incident(String name, long begin, long end, int caller, boolean outage, List<Loss> losses) {

    static final int ALL = -1;

    /**
     * Redis has forgotten something.
     *
     * @param from all that it forgot was decided before that
     * @param to all that comes after it was decided after that
     * @param isSplit whether it is not so: between the two, one server decided and another one did too, of which neither
     *     knew what the other did
     */
    record Loss(long from, long to, boolean isSplit) {

        static Loss at(long from, long to) {
            return new Loss(from, to, false);
        }

        static Loss split(long from, long to) {
            return new Loss(from, to, true);
        }
    }

    boolean concerns(int who) {
        return caller == ALL || caller == who;
    }

    @Override
    public String toString() {
        return "%s at %.1f s for %.1f s%s%s"
                .formatted(
                        name,
                        begin / 1e9,
                        (end - begin) / 1e9,
                        caller == ALL ? "" : ", caller " + caller,
                        losses.isEmpty() ? "" : ", data lost");
    }
}

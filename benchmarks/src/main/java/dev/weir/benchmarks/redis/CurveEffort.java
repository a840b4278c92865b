// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How much time is taken for the curves, and over what they go. Immutable.
 *
 * @param rounds how often every point takes its turn
 * @param settle how long every point runs before the rounds, for the compilers
 * @param warmUp how long a point runs before it counts
 * @param window how long it counts
 * @param many how many callers there are, where they do not grow
 * @param processes the numbers of JVMs
 * @param identities the numbers of callers, where they grow
 */
record CurveEffort(
        int rounds,
        Duration settle,
        Duration warmUp,
        Duration window,
        int many,
        List<Integer> processes,
        List<Integer> identities) {

    /** About six minutes. */
    static final CurveEffort FULL = new CurveEffort(
            5,
            Duration.ofMillis(400),
            Duration.ofMillis(50),
            Duration.ofMillis(1000),
            100_000,
            List.of(1, 2, 4),
            List.of(10, 1_000, 100_000, 1_000_000));

    /** Less than one. */
    static final CurveEffort QUICK = new CurveEffort(
            3,
            Duration.ofMillis(150),
            Duration.ofMillis(30),
            Duration.ofMillis(150),
            10_000,
            List.of(1, 2, 4),
            List.of(10, 1_000, 50_000));

    /** In all processes together. */
    static final int THREADS = 32;

    CurveEffort {
        processes = List.copyOf(processes);
        identities = List.copyOf(identities);
    }

    /** {@return how many callers there are, where each has several buckets, which take their time to fill} */
    int some() {
        return many / 10;
    }

    void writeTo(ObjectNode raw) {
        ObjectNode effort = raw.putObject("effort");
        effort.put("rounds", rounds);
        effort.put("settleMillis", settle.toMillis());
        effort.put("warmUpMillis", warmUp.toMillis());
        effort.put("windowMillis", window.toMillis());
        effort.put("many", many);
        processes.forEach(effort.putArray("processes")::add);
        identities.forEach(effort.putArray("identities")::add);
    }

    static CurveEffort from(JsonNode raw) {
        JsonNode effort = raw.path("effort");
        return new CurveEffort(
                effort.path("rounds").asInt(),
                Duration.ofMillis(effort.path("settleMillis").asInt()),
                Duration.ofMillis(effort.path("warmUpMillis").asInt()),
                Duration.ofMillis(effort.path("windowMillis").asInt()),
                effort.path("many").asInt(),
                numbers(effort.path("processes")),
                numbers(effort.path("identities")));
    }

    private static List<Integer> numbers(JsonNode array) {
        List<Integer> numbers = new ArrayList<>();
        array.forEach(number -> numbers.add(number.asInt()));
        return numbers;
    }
}

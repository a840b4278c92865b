// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ServerProcessTest {

    private static final int REQUESTS = 20 * Load.IN_FLIGHT;

    @Test
    void server_countsWhatItUses_andEndsWhenClosed() throws Exception {
        ServerProcess process = ServerProcess.start(ServerKind.TOMCAT, Variant.NAIVE, Limit.OPEN);
        try (process) {
            Load load = new Load();
            Usage before = process.usage();
            // One fewer than whole turns: it is rounded up, and counted as such.
            assertThat(load.send(process.port(), REQUESTS - 1)).isEqualTo(new Load.Answers(REQUESTS, 0));
            Usage used = process.usage().minus(before);
            assertThat(used.answerNanos()).isPositive();
            assertThat(used.processNanos()).isNotNegative();
            assertThat(used.allocatedBytes() / REQUESTS).isBetween(500L, 1_000_000L);
            assertThat(process.isAlive()).isTrue();
        }
        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void closedLimit_refusesAllButAFew_ofEachAddress() throws Exception {
        try (ServerProcess process = ServerProcess.start(ServerKind.JETTY, Variant.WEIR_1, Limit.CLOSED)) {
            Load.Answers answers = new Load().send(process.port(), REQUESTS);
            assertThat(answers.all()).isEqualTo(REQUESTS);
            // The second where a system has only one loopback address.
            long each = Limit.CLOSED.requests();
            assertThat(answers.passed()).isIn(Load.IN_FLIGHT * each, each);
        }
    }

    @Test
    void usage_survivesTheWayToTheParent() {
        Usage usage = new Usage(1, 22, 333, 4444);
        assertThat(Usage.parse(usage.line())).isEqualTo(usage);
        assertThat(new Usage(5, 6, 7, 8).minus(new Usage(1, 1, 1, 1))).isEqualTo(new Usage(4, 5, 6, 7));
    }

    @Test
    void collector_isKnownByItsThreads() {
        assertThat(CollectorTime.isCollector("GC Thread#0")).isTrue();
        assertThat(CollectorTime.isCollector("G1 Conc#0")).isTrue();
        assertThat(CollectorTime.isCollector("C2 CompilerThre")).isFalse();
        assertThat(CollectorTime.isCollector("qtp1-20")).isFalse();
    }
}

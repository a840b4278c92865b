// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.benchmarks.redis.Effort.Cell;
import dev.weir.benchmarks.report.Publication;
import dev.weir.redisrig.RedisServer;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SubjectsTest {

    private static RedisServer server;
    private static RedisClient client;

    @TempDir
    private Path out;

    @BeforeAll
    static void start() throws IOException {
        server = RedisServer.start();
        client = RedisClient.create();
    }

    @AfterAll
    static void stop() {
        client.shutdown();
        server.close();
    }

    @ParameterizedTest
    @EnumSource
    void everySubject_doesItsWork(Kind kind) {
        Site site = new Site(client, server.uri(), "test-" + kind);
        assertThatCode(() -> Proof.of(kind, site)).doesNotThrowAnyException();
    }

    @Test
    void subjectThatConfusesCallers_isFoundOut() {
        Site site = new Site(client, server.uri(), "confused");
        try (Subject one = Kind.GATEWAY.open(site, Load.SCARCE, "same", "same")) {
            assertThatThrownBy(() -> Proof.exhaust(Kind.GATEWAY, one)).hasMessage("GATEWAY admitted 0 and not 5");
        }
    }

    @Test
    void subjectThatRefusesNobody_isFoundOut() {
        Site site = new Site(client, server.uri(), "open");
        try (Subject open = Kind.GATEWAY.open(site, Load.OPEN, Site.names(2))) {
            assertThatThrownBy(() -> Proof.exhaust(Kind.GATEWAY, open)).hasMessage("GATEWAY admitted 8 and not 5");
        }
    }

    @Test
    void crowd_stopsWhereSomebodyIsRefused() {
        Site site = new Site(client, server.uri(), "refusing");
        try (Subject scarce = Kind.WEIR_1.open(site, Load.SCARCE, Site.names(1))) {
            Cell cell = new Cell(Kind.WEIR_1, 1, 2);
            assertThatThrownBy(() -> Crowd.ask(scarce, cell, Duration.ofSeconds(5)))
                    .hasRootCauseMessage("WEIR_1 refused a caller");
        }
    }

    @Test
    void crowd_countsEveryDecisionOnce() throws InterruptedException {
        Counting counting = new Counting();
        Crowd.Result result = Crowd.ask(counting, new Cell(Kind.GET, 3, 2), Duration.ofMillis(20));
        assertThat(result.latencies().count()).isEqualTo(counting.taken.sum()).isPositive();
        assertThat(result.perSecond()).isBetween(1.0, result.latencies().count() * 50.0);
        assertThat(counting.callers).containsOnly(0, 1, 2);
    }

    @Test
    void filling_introducesEachCallerOnce() throws InterruptedException {
        Counting counting = new Counting();
        Crowd.fill(Kind.GET, counting, new Crowd.Newcomers(100, 600, 4));
        assertThat(counting.taken.sum()).isEqualTo(500);
        assertThat(counting.callers).hasSize(500).contains(100, 599);
    }

    /** All of it, once and too short to tell anything. */
    @Test
    @Tag("heavy")
    void wholeComparison_measuresEveryCell_andFillsThePage() throws Exception {
        Effort effort = new Effort(1, Duration.ofMillis(10), Duration.ofMillis(30), 50, List.of(1, 2));
        ObjectNode raw = JsonNodeFactory.instance.objectNode();
        RedisComparison.measure(effort, raw);
        assertThat(raw.path("cells")).hasSize(effort.cells().size());
        Path root = Path.of(System.getProperty("weir.root"));
        new Publication(root, out).publish(new RedisReport(raw).sections());
        assertThat(out.resolve("docs/benchmarks.md")).content().contains("Redis CPU of 1 bucket beside Spring");
    }
}

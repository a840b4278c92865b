// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.benchmarks.redis.Crowds.Shared;
import dev.weir.benchmarks.redis.Curve.Spot;
import dev.weir.benchmarks.report.Publication;
import dev.weir.redisrig.CommandCounts;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class CrowdsTest {

    private static final Duration SHORT = Duration.ofMillis(50);

    private static RedisServer server;
    private static Crowds crowds;

    @TempDir
    private Path out;

    @BeforeAll
    static void start() throws IOException {
        server = RedisServer.start();
        crowds = Crowds.start(server.uri(), 2);
    }

    @AfterAll
    static void stop() throws IOException {
        crowds.close();
        server.close();
    }

    /** Two JVMs, one limit: of the first number of buckets and of the last. */
    @ParameterizedTest
    @EnumSource
    void everySeries_isOneLimitForAllProcesses(Series series) throws IOException {
        crowds.prove(series, 1);
        if (!series.isOfOne()) {
            crowds.prove(series, Curve.MOST_BUCKETS);
        }
    }

    @Test
    void filling_makesEveryBucketOfEveryCaller() throws Exception {
        try (Resp redis = server.connect()) {
            long before = keys(redis);
            Shared weir = crowds.open(Series.WEIR, 101, 3);
            crowds.fill(weir, 101);
            assertThat(keys(redis) - before).isEqualTo(3 * 101);
        }
    }

    @Test
    void asking_countsWhatAllProcessesWereAnswered() throws Exception {
        try (Resp redis = server.connect()) {
            Shared gateway = crowds.open(Series.GATEWAY, 10, 2);
            CommandCounts before = CommandCounts.of(redis);
            Answers answers = crowds.ask(gateway, new Spot(Series.GATEWAY, 2, 2, 10), SHORT);
            long scripts = Kind.scripts(CommandCounts.of(redis).minus(before));
            assertThat(scripts).isEqualTo(2 * answers.decisions()).isPositive();
            assertThat(answers.elapsedNanos()).isGreaterThanOrEqualTo(SHORT.toNanos());
        }
    }

    @Test
    void process_endsWhereSomebodyIsRefused_andWhenClosed() throws Exception {
        CrowdProcess process = CrowdProcess.start(server.uri());
        try (process) {
            process.tell("open WEIR refused SCARCE 1 1");
            String number = process.answer();
            process.tell("ask " + number + " 1 2 10000");
            assertThatThrownBy(process::answer)
                    .isInstanceOf(IOException.class)
                    .hasMessage("CrowdMain has ended without an answer");
        }
        assertThat(process.isAlive()).isFalse();
        CrowdProcess idle = CrowdProcess.start(server.uri());
        assertThat(idle.isAlive()).isTrue();
        idle.close();
        assertThat(idle.isAlive()).isFalse();
    }

    @Test
    void answers_surviveTheWayToTheParent_andTheLongerTimeCounts() {
        Answers answers = new Answers(7, 300);
        assertThat(Answers.parse(answers.line())).isEqualTo(answers);
        assertThat(answers.together(new Answers(5, 200))).isEqualTo(new Answers(12, 300));
        assertThat(Answers.NONE.together(answers)).isEqualTo(answers);
        assertThat(new Answers(7, 500_000_000).perSecond()).isEqualTo(14);
    }

    @ParameterizedTest
    @EnumSource(names = {"GET", "BATCHING"})
    void severalBuckets_areRefusedWhereThereIsOne(Series series) {
        RedisClient client = RedisClient.create();
        Site site = new Site(client, server.uri(), "several");
        assertThatThrownBy(() -> series.open(site, Load.OPEN, Site.names(1), 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(series + " must have one bucket but had 2");
        client.shutdown();
    }

    /** All of it, once and too short to tell anything. */
    @Test
    @Tag("heavy")
    void wholeComparison_measuresEveryPoint_andFillsThePage() throws Exception {
        CurveEffort effort = new CurveEffort(
                1,
                Duration.ofMillis(5),
                Duration.ofMillis(5),
                Duration.ofMillis(30),
                50,
                List.of(1, 2),
                List.of(1, 20));
        ObjectNode raw = JsonNodeFactory.instance.objectNode();
        RedisCurves.measure(effort, raw);
        int spots = 0;
        for (Curve curve : Curve.values()) {
            spots += curve.spots(effort).size();
        }
        assertThat(raw.path("points")).hasSize(spots);
        Path root = Path.of(System.getProperty("weir.root"));
        new Publication(root, out).publish(new CurveReport(raw).sections());
        assertThat(out.resolve("docs/benchmarks.md"))
                .content()
                .contains("| decisions a second | 1 identity | 20 identities |");
    }

    private static long keys(Resp redis) throws IOException {
        return redis.number("DBSIZE");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.benchmarks.redis.Curve.Spot;
import dev.weir.benchmarks.redis.CurveData.Figure;
import dev.weir.benchmarks.report.Environment;
import dev.weir.benchmarks.report.Publication;
import dev.weir.benchmarks.report.Section;
import dev.weir.redisrig.CommandCounts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurveReportTest {

    private final CurveData data = new CurveData();

    @TempDir
    private Path out;

    @Test
    void curves_goOverWhatTheyPromise() {
        assertThat(Curve.PROCESSES.places(CurveEffort.FULL)).containsExactly(1, 2, 4);
        assertThat(Curve.BUCKETS.places(CurveEffort.FULL)).containsExactly(1, 2, 3, 4);
        assertThat(Curve.IDENTITIES.places(CurveEffort.FULL)).containsExactly(10, 1_000, 100_000, 1_000_000);
        assertThat(Curve.PROCESSES.spots(CurveEffort.FULL))
                .contains(new Spot(Series.WEIR, 4, 1, 1), new Spot(Series.BATCHING, 2, 1, 100_000))
                .hasSize(4 * 3 * 2);
        assertThat(Curve.BUCKETS.spots(CurveEffort.FULL))
                .contains(new Spot(Series.WEIR, 1, 4, 10_000), new Spot(Series.GATEWAY, 1, 3, 10_000))
                .filteredOn(spot -> spot.series() == Series.GET)
                .containsExactly(new Spot(Series.GET, 1, 1, 10_000));
    }

    /** What is left of six minutes, and of one, is for filling and for starting. */
    @Test
    void windows_leaveTimeForTheRest() {
        assertThat(windows(CurveEffort.FULL)).isLessThan(Duration.ofSeconds(290));
        assertThat(windows(CurveEffort.QUICK)).isLessThan(Duration.ofSeconds(40));
    }

    private static Duration windows(CurveEffort effort) {
        Duration each = effort.warmUp()
                .plus(effort.window())
                .multipliedBy(effort.rounds())
                .plus(effort.settle());
        int spots = 0;
        for (Curve curve : Curve.values()) {
            spots += curve.spots(effort).size();
        }
        return each.multipliedBy(spots);
    }

    @Test
    void figures_areReckonedForEachDecision() {
        CommandCounts counts = new CommandCounts(Map.of("evalsha", new CommandCounts.Count(50, 0)), 600, 200);
        Spot spot = new Spot(Series.WEIR, 2, 1, 1);
        Answers answers = new Answers(80, 1_000_000_000).together(new Answers(120, 2_000_000_000));
        data.add(Curve.PROCESSES, spot, answers, new Spent(counts, 0, 0));
        assertThat(data.median(Curve.PROCESSES, spot, Figure.PER_SECOND)).contains(100.0);
        assertThat(data.median(Curve.PROCESSES, spot, Figure.CPU)).contains(4_000.0);
        assertThat(data.median(Curve.PROCESSES, spot, Figure.SENT)).contains(0.25);
    }

    @Test
    void tables_showMedians_andWhatWasNotMeasured() {
        Spot spot = new Spot(Series.WEIR, 1, 2, CurveEffort.FULL.some());
        for (double value : new double[] {1_000, 30_000, 20_000}) {
            data.add(Curve.BUCKETS, spot, Figure.PER_SECOND, value);
            data.add(Curve.BUCKETS, spot, Figure.CPU, value);
            data.add(Curve.BUCKETS, spot, Figure.SENT, value / 80_000);
        }
        data.add(Curve.BUCKETS, new Spot(Series.GET, 1, 1, CurveEffort.FULL.some()), Figure.PER_SECOND, 50_000);
        assertThat(section("redis-curve-buckets").markdown())
                .contains("| decisions a second | 1 bucket | 2 buckets | 3 buckets | 4 buckets |")
                .contains("| Weir | – | 20,000/s | – | – |")
                .contains("| floor: plain GET | 50,000/s | – | – | – |")
                .contains("| Weir | – | 20.0 us | – | – |")
                .contains("| Weir | – | 0.25 | – | – |");
    }

    /** The floor has one bucket, and is drawn over all; a line with a point missing is not drawn. */
    @Test
    void pictures_haveTheWholeLines() {
        data.add(Curve.BUCKETS, new Spot(Series.GET, 1, 1, CurveEffort.FULL.some()), Figure.PER_SECOND, 50_000);
        data.add(Curve.BUCKETS, new Spot(Series.WEIR, 1, 1, CurveEffort.FULL.some()), Figure.PER_SECOND, 40_000);
        assertThat(section("redis-curve-buckets").pictures().get("redis-curve-buckets.svg"))
                .containsOnlyOnce("<polyline")
                .contains("floor: plain GET")
                .doesNotContain(">Weir<");
        for (Spot spot : Curve.BUCKETS.spots(CurveEffort.FULL)) {
            data.add(Curve.BUCKETS, spot, Figure.PER_SECOND, 40_000);
        }
        assertThat(section("redis-curve-buckets").pictures().get("redis-curve-buckets.svg"))
                .contains(">Weir<", ">Bucket4j<", ">Spring Cloud Gateway");
    }

    @Test
    void points_surviveTheRawFile() {
        fill();
        ObjectNode again = JsonNodeFactory.instance.objectNode();
        CurveData.from(raw()).writeTo(again);
        assertThat(again.path("points")).isEqualTo(raw().path("points")).hasSize(24 + 13 + 12);
        assertThat(CurveEffort.from(raw())).isEqualTo(CurveEffort.FULL);
    }

    @Test
    void busyMachine_andQuickRun_areSaid() {
        ObjectNode raw = raw();
        raw.put("cores", 2).put("load", 1.0);
        assertThat(new CurveReport(raw).sections().get(0).markdown()).startsWith("Measured ");
        raw.put("load", 1.5).put("quick", true);
        assertThat(new CurveReport(raw).sections().get(0).markdown())
                .startsWith("**A quick run, too short to quote.** **The machine was busy** (load 1.5 before it began)");
    }

    /** The page of the repository has a place for every section. */
    @Test
    void page_takesAllSections() throws IOException {
        fill();
        Path root = Path.of(System.getProperty("weir.root"));
        new Publication(root, out).publish(new CurveReport(raw()).sections());
        assertThat(out.resolve("docs/benchmarks.md"))
                .content()
                .contains("| Weir | 3/s | 3/s | 3/s | 3/s | 3/s | 3/s |", "| 1,000,000 identities |");
        assertThat(out.resolve("docs/benchmarks").toFile().list())
                .containsExactlyInAnyOrder(
                        "redis-curve-processes.svg", "redis-curve-buckets.svg", "redis-curve-identities.svg");
    }

    private void fill() {
        for (Curve curve : Curve.values()) {
            for (Spot spot : curve.spots(CurveEffort.FULL)) {
                for (Figure figure : Figure.values()) {
                    data.add(curve, spot, figure, 2.5);
                    data.add(curve, spot, figure, 3.5);
                }
            }
        }
    }

    private Section section(String name) {
        return new CurveReport(raw())
                .sections().stream()
                        .filter(section -> section.name().equals(name))
                        .findFirst()
                        .orElseThrow();
    }

    private ObjectNode raw() {
        ObjectNode raw = JsonNodeFactory.instance.objectNode();
        Environment.here(Path.of(""), Instant.EPOCH).writeTo(raw);
        CurveEffort.FULL.writeTo(raw);
        data.writeTo(raw);
        return raw;
    }
}

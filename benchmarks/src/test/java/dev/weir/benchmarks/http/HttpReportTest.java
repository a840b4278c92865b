// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.benchmarks.http.Measured.Subject;
import dev.weir.benchmarks.report.Section;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HttpReportTest {

    private static final Map<Variant, Integer> MICROS = Map.of(
            Variant.NONE, 30,
            Variant.OWN, 32,
            Variant.NAIVE, 33,
            Variant.WEIR_1, 32,
            Variant.WEIR_1_ALL_HEADERS, 36,
            Variant.WEIR_3, 35);

    @Test
    void differences_areTakenWithinAPass() {
        // The machine is slow in the second pass: nobody pays for it.
        ObjectNode raw = raw(List.of(Limit.OPEN), 0, 50, 0);
        assertThat(line(raw, "http-tomcat", "no limiter"))
                .isEqualTo("| no limiter | 30.00 us |  |  | 40.00 us | 1000 B |  |");
        assertThat(line(raw, "http-tomcat", "Weir, 3 rules"))
                .isEqualTo("| Weir, 3 rules | 35.00 us | 5.00 us | 5.00 us to 5.00 us | 45.00 us | 1500 B | 500 B |");
    }

    @Test
    void forks_countByTheirMean() {
        Measured measured = new Measured();
        long[][] none = {{10_000, 50_000, 20_000}, {20_000, 20_000}, {30_000}};
        long[][] weir = {{11_000, 52_000, 99_000}, {21_000, 21_000}, {36_000}};
        for (int fork = 0; fork < none.length; fork++) {
            for (int pass = 0; pass < none[fork].length; pass++) {
                for (ServerKind kind : ServerKind.values()) {
                    for (Variant variant : Variant.values()) {
                        long nanos = variant.isWeir() ? weir[fork][pass] : none[fork][pass];
                        measured.add(fork, new Subject(kind, Limit.OPEN, variant), new Usage(nanos, nanos, 0, 0), 1);
                    }
                }
            }
        }
        ObjectNode raw = JsonNodeFactory.instance.objectNode();
        measured.writeTo(raw);
        // Medians of the differences: 2, 1 and 6.
        assertThat(line(raw, "http-jetty", "Weir, 1 rule")).contains("| 3.00 us | 1.00 us to 6.00 us |");
    }

    @Test
    void busyMachine_isSaid() {
        ObjectNode raw = raw(List.of(Limit.OPEN), 0);
        raw.put("cores", 2).put("load", 1.0);
        assertThat(sections(raw).get("http-aims").markdown()).doesNotContain("busy");
        raw.put("load", 1.1);
        assertThat(sections(raw).get("http-aims").markdown())
                .startsWith("**The machine was busy** (load 1.1 on 2 cores");
    }

    @Test
    void aims_compareWithWhatTheDesignNames() {
        ObjectNode raw = raw(List.of(Limit.OPEN), 0);
        String aims = sections(raw).get("http-aims").markdown();
        assertThat(aims.lines().filter(line -> line.contains("on Tomcat")))
                .satisfiesExactly(
                        line -> assertThat(line).contains("Weir, 1 rule ", "| 2.00 us | 2.00 us | met |"),
                        line -> assertThat(line).contains("all 5 headers", "| 2.00 us | 6.00 us | **missed** |"),
                        line -> assertThat(line).contains("Weir, 3 rules", "| 2.00 us | 5.00 us | **missed** |"));
        assertThat(aims.lines().filter(line -> line.contains("on Jetty")))
                .satisfiesExactly(
                        line -> assertThat(line).contains("Weir, 1 rule ", "| 3.00 us | 2.00 us | met |"),
                        line -> assertThat(line).contains("| 3.00 us | 6.00 us | **missed** |"),
                        line -> assertThat(line).contains("| 3.00 us | 5.00 us | **missed** |"));
    }

    @Test
    void refusals_haveTablesOnlyWhereTheyWereMeasured() {
        assertThat(sections(raw(List.of(Limit.OPEN), 0))).containsOnlyKeys("http-tomcat", "http-jetty", "http-aims");
        assertThat(sections(raw(List.of(Limit.OPEN, Limit.CLOSED), 0)))
                .containsOnlyKeys(
                        "http-tomcat", "http-tomcat-refused", "http-jetty", "http-jetty-refused", "http-aims");
    }

    @Test
    void pictures_haveEachLimiter() {
        Section section = sections(raw(List.of(Limit.OPEN), 0)).get("http-jetty");
        assertThat(section.pictures()).containsOnlyKeys("http-jetty.svg");
        String svg = section.pictures().get("http-jetty.svg");
        assertThat(svg)
                .contains("naive Bucket4j filter", "Weir, 3 rules", "5.00 us")
                .doesNotContain(">no limiter<");
    }

    /** Windows of four requests, each slower by so many microseconds. */
    private static ObjectNode raw(List<Limit> limits, int... slower) {
        Measured measured = new Measured();
        for (int more : slower) {
            for (ServerKind kind : ServerKind.values()) {
                for (Limit limit : limits) {
                    MICROS.forEach((variant, micros) -> {
                        long nanos = (micros + more) * 1_000L;
                        Usage used = new Usage(nanos * 4, (nanos + 10_000) * 4, (micros * 100L - 2_000) * 4, 0);
                        measured.add(0, new Subject(kind, limit, variant), used, 4);
                    });
                }
            }
        }
        ObjectNode raw = JsonNodeFactory.instance.objectNode();
        measured.writeTo(raw);
        return raw;
    }

    private static Map<String, Section> sections(ObjectNode raw) {
        return new HttpReport(raw).sections().stream().collect(Collectors.toMap(Section::name, Function.identity()));
    }

    private static String line(ObjectNode raw, String section, String start) {
        return sections(raw)
                .get(section)
                .markdown()
                .lines()
                .filter(line -> line.startsWith("| " + start + " |"))
                .findFirst()
                .orElseThrow();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.memory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.benchmarks.memory.Effort.Cell;
import dev.weir.benchmarks.report.Comparison;
import dev.weir.benchmarks.report.Numbers;
import dev.weir.benchmarks.report.Options;
import dev.weir.benchmarks.report.Section;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** What a decision in memory costs, in time and in bytes, beside other limiters. */
public final class MemoryComparison implements Comparison {

    /* Design: the young generation is small, so that it has been written once before the measuring begins, and pages that
     * the system hands out for the first time are not measured as if they were allocation. Whoever wants compiled code
     * waits for it, so that a busy machine does not measure the interpreter. */
    private static final String[] JVM = {"-Xms2g", "-Xmx2g", "-Xmn256m", "-Xbatch"};

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void measure(Options options, ObjectNode raw) throws Exception {
        Effort effort = options.quick() ? Effort.QUICK : Effort.FULL;
        effort.writeTo(raw);
        raw.put("jvm", String.join(" ", JVM));
        footprints(raw);
        List<Cell> plan = effort.cells();
        Cells cells = new Cells();
        for (int round = 1; round <= effort.rounds(); round++) {
            System.out.printf(Locale.ROOT, "Round %d of %d%n", round, effort.rounds());
            for (Cell cell : plan) {
                run(cell, effort, cells);
            }
        }
        cells.writeTo(raw);
    }

    private static void footprints(ObjectNode raw) throws IOException, InterruptedException {
        System.out.println("Bytes per key");
        ObjectNode footprints = raw.putObject("bytesPerKey");
        for (Footprint footprint : Footprint.values()) {
            double bytes = footprint.measure();
            footprints.put(footprint.name(), bytes);
            System.out.printf(Locale.ROOT, "  %-36s %s%n", footprint.label(), Numbers.bytes(bytes));
        }
    }

    private static void run(Cell cell, Effort effort, Cells cells) throws RunnerException {
        TimeValue time = TimeValue.milliseconds(effort.millis());
        RunResult result = new Runner(new OptionsBuilder()
                        .include(MemoryBenchmark.class.getName() + ".decide")
                        .param("subject", cell.kind().name())
                        .param("callers", Integer.toString(cell.callers()))
                        .param("refused", Boolean.toString(cell.refused()))
                        .threads(cell.threads())
                        .forks(1)
                        .warmupIterations(effort.warmUps())
                        .warmupTime(time)
                        .measurementIterations(effort.iterations())
                        .measurementTime(time)
                        .jvmArgs(JVM)
                        .addProfiler(GCProfiler.class)
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .runSingle();
        double nanos = secondary(result, "processorNanos") / secondary(result, "decisions");
        double elapsed = result.getPrimaryResult().getScore();
        double bytes = secondary(result, "gc.alloc.rate.norm");
        cells.add(cell, nanos, elapsed, bytes);
        System.out.printf(
                Locale.ROOT,
                "  %-36s %,9d callers, %d threads%s: %s (elapsed %s), %s%n",
                cell.kind().label(),
                cell.callers(),
                cell.threads(),
                cell.refused() ? ", refused" : "",
                Numbers.time(nanos),
                Numbers.time(elapsed),
                Numbers.bytes(bytes));
    }

    /** By the end of the name, because JMH has begun it differently in different versions. */
    private static double secondary(RunResult result, String end) {
        String name = result.getSecondaryResults().keySet().stream()
                .filter(key -> key.endsWith(end))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("JMH does not tell " + end));
        return result.getSecondaryResults().get(name).getScore();
    }

    @Override
    public List<Section> report(JsonNode raw) {
        return new MemoryReport(raw).sections();
    }
}

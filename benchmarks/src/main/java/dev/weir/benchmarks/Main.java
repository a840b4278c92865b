// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.benchmarks.http.HttpComparison;
import dev.weir.benchmarks.http.HttpProfile;
import dev.weir.benchmarks.memory.MemoryComparison;
import dev.weir.benchmarks.redis.RedisComparison;
import dev.weir.benchmarks.redis.RedisCurves;
import dev.weir.benchmarks.report.Comparison;
import dev.weir.benchmarks.report.Environment;
import dev.weir.benchmarks.report.Options;
import dev.weir.benchmarks.report.Publication;
import dev.weir.benchmarks.report.RawData;
import dev.weir.time.TimeSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code ./weir bench}. */
public final class Main {

    private static final List<Comparison> COMPARISONS =
            List.of(new MemoryComparison(), new HttpComparison(), new RedisComparison(), new RedisCurves());

    private Main() {}

    /**
     * Measures, writes down and reports.
     *
     * @param args see {@link Options#USAGE}
     * @throws Exception if a subject cannot be measured or a file cannot be written
     */
    public static void main(String[] args) throws Exception {
        Options options;
        try {
            options = Options.parse(args);
            if (options.help()) {
                System.out.print(Options.USAGE);
                return;
            }
            run(options);
        } catch (Options.UsageException e) {
            System.err.println(e.getMessage());
            System.err.print(Options.USAGE);
            System.exit(2);
        }
    }

    private static void run(Options options) throws Exception {
        if (options.command().equals("http-profile")) {
            HttpProfile.print(System.out);
            return;
        }
        if (options.command().equals("report")) {
            for (Comparison comparison : COMPARISONS) {
                report(comparison, options);
            }
            return;
        }
        Comparison comparison = COMPARISONS.stream()
                .filter(known -> known.name().equals(options.command()))
                .findFirst()
                .orElseThrow(() -> new Options.UsageException("There is no benchmark \"" + options.command() + "\"."));
        ObjectNode raw = JsonNodeFactory.instance.objectNode();
        Environment.here(options.root(), TimeSource.system().now()).writeTo(raw);
        raw.put("quick", options.quick());
        comparison.measure(options, raw);
        RawData.write(rawFile(options.out(), comparison), raw);
        report(comparison, options);
    }

    /** Makes what people read from what was measured, which may have been on another day. */
    private static void report(Comparison comparison, Options options) throws Exception {
        Path file = rawFile(options.out(), comparison);
        if (!Files.exists(file)) {
            System.out.println("There is no " + file + "; ./weir bench " + comparison.name() + " makes it.");
            return;
        }
        JsonNode raw = RawData.read(file);
        Publication publication = new Publication(options.root(), options.out());
        for (Path written : publication.publish(comparison.report(raw))) {
            System.out.println(written);
        }
        System.out.println(file);
    }

    private static Path rawFile(Path out, Comparison comparison) {
        return out.resolve("benchmarks/results/" + comparison.name() + ".json");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.benchmarks.report.Comparison;
import dev.weir.benchmarks.report.Options;
import dev.weir.benchmarks.report.Section;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What a request costs the server, without a limiter and with several. */
public final class HttpComparison implements Comparison {

    private static final List<Logger> CONTAINERS =
            List.of(Logger.getLogger("org.apache"), Logger.getLogger("org.eclipse.jetty"));

    @Override
    public String name() {
        return "http";
    }

    @Override
    public void measure(Options options, ObjectNode raw) throws Exception {
        // Containers that start and stop in this JVM have much to say, but not here.
        CONTAINERS.forEach(log -> log.setLevel(Level.SEVERE));
        Verification.verifyAll();
        measure(options.quick() ? Effort.QUICK : Effort.FULL, raw);
    }

    static void measure(Effort effort, ObjectNode raw) throws IOException {
        ObjectNode servers = raw.putObject("servers");
        for (ServerKind kind : ServerKind.values()) {
            servers.put(kind.name(), kind.version());
        }
        raw.put("forks", effort.forks());
        raw.put("window", effort.window());
        raw.put("jvm", String.join(" ", ServerProcess.JVM));
        raw.put("load", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        Measured measured = new Measured();
        Load load = new Load();
        for (int number = 0; number < effort.forks(); number++) {
            for (ServerKind kind : ServerKind.values()) {
                say("%s, fork %d of %d", kind.title(), number + 1, effort.forks());
                try (Fork fork = Fork.start(kind, Limit.OPEN, effort, load)) {
                    fork.measure(number, effort.passes(), measured);
                }
            }
        }
        if (effort.refusedPasses() > 0) {
            for (ServerKind kind : ServerKind.values()) {
                say("%s, everything refused", kind.title());
                try (Fork fork = Fork.start(kind, Limit.CLOSED, effort, load)) {
                    fork.measure(0, effort.refusedPasses(), measured);
                }
            }
        }
        measured.writeTo(raw);
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency; newer compilers ask for it
    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    @Override
    public List<Section> report(JsonNode raw) {
        return new HttpReport(raw).sections();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.benchmarks.report.Comparison;
import dev.weir.benchmarks.report.Options;
import dev.weir.benchmarks.report.Section;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What a decision costs that many JVMs share: time for the caller, and work for the Redis server. */
public final class RedisComparison implements Comparison {

    private static final List<Logger> CLIENTS =
            List.of(Logger.getLogger("io.lettuce"), Logger.getLogger("org.redisson"), Logger.getLogger("io.netty"));

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public void measure(Options options, ObjectNode raw) throws Exception {
        measure(options.quick() ? Effort.QUICK : Effort.FULL, raw);
    }

    /** Clients that come and go in this JVM have something to say, but not here. */
    static void quieten() {
        CLIENTS.forEach(log -> log.setLevel(Level.SEVERE));
    }

    static void measure(Effort effort, ObjectNode raw) throws IOException, InterruptedException {
        quieten();
        effort.writeTo(raw);
        raw.put("load", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        try (Bench bench = Bench.start(effort)) {
            raw.put("redis", bench.version());
            bench.measure().writeTo(raw);
        }
    }

    @Override
    public List<Section> report(JsonNode raw) {
        return new RedisReport(raw).sections();
    }
}

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

/** How decisions in Redis bear more processes, more buckets and more identities. */
public final class RedisCurves implements Comparison {

    @Override
    public String name() {
        return "redis-curves";
    }

    @Override
    public void measure(Options options, ObjectNode raw) throws Exception {
        measure(options.quick() ? CurveEffort.QUICK : CurveEffort.FULL, raw);
    }

    static void measure(CurveEffort effort, ObjectNode raw) throws IOException, InterruptedException {
        effort.writeTo(raw);
        raw.put("jvm", String.join(" ", CrowdProcess.JVM));
        raw.put("load", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        CurveData data = new CurveData();
        for (Curve curve : Curve.values()) {
            System.out.println(curve.title());
            try (CurveBench bench = CurveBench.start(curve, effort)) {
                raw.put("redis", bench.version());
                bench.measure(data);
            }
        }
        data.writeTo(raw);
    }

    @Override
    public List<Section> report(JsonNode raw) {
        return new CurveReport(raw).sections();
    }
}

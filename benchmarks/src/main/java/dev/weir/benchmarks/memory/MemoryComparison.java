// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.memory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.benchmarks.report.Comparison;
import dev.weir.benchmarks.report.Options;
import dev.weir.benchmarks.report.Section;
import java.util.List;

/** What a decision in memory costs, in time and in bytes, beside other limiters. */
public final class MemoryComparison implements Comparison {

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void measure(Options options, ObjectNode raw) {
        raw.putArray("cells");
    }

    @Override
    public List<Section> report(JsonNode raw) {
        return List.of();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.benchmarks.http.Measured.Quantity;
import dev.weir.benchmarks.http.Measured.Subject;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("heavy")
class ForkTest {

    @Test
    @Timeout(240)
    void everyServer_isMeasuredAsOftenAsTheOthers() throws Exception {
        // It is out of time from the start, and takes the fewest passes that there may be.
        Effort effort = new Effort(1, 9, 0, 320, 160, 0);
        Measured measured = new Measured();
        try (Fork fork = Fork.start(ServerKind.JETTY, Limit.OPEN, effort, new Load())) {
            fork.measure(0, effort.passes(), measured);
        }
        ObjectNode raw = JsonNodeFactory.instance.objectNode();
        measured.writeTo(raw);
        for (Variant variant : Variant.values()) {
            Subject subject = new Subject(ServerKind.JETTY, Limit.OPEN, variant);
            assertThat(Measured.rounds(raw, subject, Quantity.CPU_NANOS)).hasSize(1);
            assertThat(Measured.rounds(raw, subject, Quantity.BYTES).get(0).least())
                    .as("%s", variant)
                    .isPositive();
        }
        assertThat(raw.path("cells")).hasSize(Variant.values().length);
        raw.path("cells").forEach(cell -> assertThat(cell.path("bytes").path(0)).hasSize(Effort.LEAST_PASSES));
    }
}

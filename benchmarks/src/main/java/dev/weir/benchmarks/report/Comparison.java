// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Some subjects measured side by side. The numbers are written down first; all that people read is made from them. */
public interface Comparison {

    /** {@return its name, which is the command's and the raw file's} */
    String name();

    /**
     * Measures.
     *
     * @param options what the command line asks for
     * @param raw takes what was measured; where and when is added to it
     * @throws Exception if it cannot, or a subject does not do its work
     */
    void measure(Options options, ObjectNode raw) throws Exception;

    /**
     * Tells people what was measured.
     *
     * @param raw what {@link #measure} has written
     * @return the sections of {@code docs/benchmarks.md} that show it, with their pictures
     */
    List<Section> report(JsonNode raw);
}

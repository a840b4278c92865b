// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says where the time and the memory of each limiter go, as Flight Recorder sees it from inside the server. */
public final class HttpProfile {

    private static final int WARM_UP = 60_000;
    private static final int RECORDED = 100_000;

    private HttpProfile() {}

    /**
     * Records every limiter on every container.
     *
     * @param out where the report goes; nothing is kept
     * @throws IOException if a server cannot be recorded
     */
    public static void print(PrintStream out) throws IOException {
        for (ServerKind kind : ServerKind.values()) {
            for (Variant variant : Variant.values()) {
                if (variant != Variant.NONE) {
                    out.println(kind.title() + ", " + variant.title());
                    out.println(record(kind, variant, WARM_UP, RECORDED));
                }
            }
        }
    }

    /** {@return what a recording of so many requests says} */
    static String record(ServerKind kind, Variant variant, int warmUp, int recorded) throws IOException {
        Load load = new Load();
        Path file = Files.createTempFile("weir-bench", ".jfr");
        try (ServerProcess server = ServerProcess.start(kind, variant, Limit.OPEN)) {
            load.send(server.port(), warmUp);
            server.record();
            load.send(server.port(), recorded);
            server.dump(file);
            return Profile.read(file).text();
        } finally {
            Files.deleteIfExists(file);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import java.io.IOException;

/** A container that runs in this JVM with one limiter before one servlet. */
interface WebServer extends AutoCloseable {

    /** Its threads: as many as ever answer at once, all of them from the start, so that none ends while it is counted. */
    int THREADS = 16;

    /** The only path there is. */
    String PATH = "/api/hello";

    int port();

    @Override
    void close() throws IOException;
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the store logs while this is open. Thread-safe. */
final class LogLines extends Handler implements AutoCloseable {

    private final Logger log = Logger.getLogger("dev.weir.redis");
    private final List<String> lines = new CopyOnWriteArrayList<>();

    LogLines() {
        log.addHandler(this);
    }

    @Override
    public void publish(LogRecord line) {
        lines.add(line.getLevel().getName() + " " + line.getMessage());
    }

    /** Level and message of each line. */
    List<String> all() {
        return List.copyOf(lines);
    }

    List<String> warnings() {
        return lines.stream().filter(line -> line.startsWith("WARNING ")).toList();
    }

    @Override
    public void flush() {
        // Nothing is kept back.
    }

    @Override
    public void close() {
        log.removeHandler(this);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What Weir logs while this is open, which nobody else sees then. Thread-safe. */
final class LogLines extends Handler implements AutoCloseable {

    private final Logger log = Logger.getLogger("dev.weir");
    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    LogLines() {
        log.addHandler(this);
        log.setUseParentHandlers(false);
    }

    @Override
    public void publish(LogRecord line) {
        records.add(line);
    }

    List<LogRecord> records() {
        return List.copyOf(records);
    }

    List<String> messages() {
        return records.stream().map(LogRecord::getMessage).toList();
    }

    @Override
    public void flush() {
        // Nothing is kept back.
    }

    @Override
    public void close() {
        log.removeHandler(this);
        log.setUseParentHandlers(true);
    }
}

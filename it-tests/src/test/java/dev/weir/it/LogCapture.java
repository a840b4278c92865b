// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What Weir logs while this is open, and nobody else sees. */
final class LogCapture extends Handler implements AutoCloseable {

    private final Logger logger = Logger.getLogger("dev.weir");
    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    LogCapture() {
        logger.setUseParentHandlers(false);
        logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord entry) {
        records.add(entry);
    }

    /** The messages, each with the texts of what was thrown behind it. */
    List<String> lines() {
        return records.stream()
                .map(entry -> {
                    StringBuilder line = new StringBuilder(entry.getMessage());
                    for (Throwable e = entry.getThrown(); e != null; e = e.getCause()) {
                        line.append(" <- ").append(e);
                    }
                    return line.toString();
                })
                .toList();
    }

    /** All that a usual formatter would print, stacks included. */
    String everything() {
        StringWriter all = new StringWriter();
        for (LogRecord entry : records) {
            all.append(entry.getMessage()).append('\n');
            if (entry.getThrown() != null) {
                entry.getThrown().printStackTrace(new PrintWriter(all, true));
            }
        }
        return all.toString();
    }

    @Override
    public void flush() {
        // Nothing is kept back.
    }

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}

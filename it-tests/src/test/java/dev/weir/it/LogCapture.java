// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;

/** What is logged while this is open, by Weir alone unless told otherwise. */
final class LogCapture extends Handler implements AutoCloseable {

    private final Logger logger;
    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    /** Takes what Weir logs, which nobody else sees then. */
    LogCapture() {
        this("dev.weir");
        logger.setUseParentHandlers(false);
    }

    private LogCapture(String name) {
        logger = Logger.getLogger(name);
        logger.addHandler(this);
    }

    /** Takes what Weir and the containers log. */
    static LogCapture ofAll() {
        return new LogCapture("");
    }

    /** What one kind of logger wrote, whole: each message as it is printed, and the text of all that was thrown. */
    List<String> texts(Predicate<String> ofLogger) {
        return records.stream()
                .filter(entry -> ofLogger.test(String.valueOf(entry.getLoggerName())))
                .flatMap(entry ->
                        Stream.concat(Stream.of(new SimpleFormatter().formatMessage(entry)), thrown(entry.getThrown())))
                .toList();
    }

    private static Stream<String> thrown(Throwable thrown) {
        return thrown == null
                ? Stream.of()
                : Stream.of(
                                Stream.of(thrown.toString()),
                                thrown(thrown.getCause()),
                                Arrays.stream(thrown.getSuppressed()).flatMap(LogCapture::thrown))
                        .flatMap(texts -> texts);
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

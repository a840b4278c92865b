// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import dev.weir.time.TimeSource;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Appends events to a file, one line each, and rotates it. A line is there whole or not at all: what a full disk has taken
 * of one is taken back. While the file cannot be written, events are lost and counted, it is tried again once a second, and
 * the first line that follows tells how many were lost. Used by one thread at a time.
 */
final class AnomalyFile implements Outlet.Consumer, AutoCloseable {

    static final AnomalyType LOST = AnomalyType.of("ANOMALIES_LOST", Severity.MEDIUM);

    private static final Logger LOG = System.getLogger("dev.weir");
    private static final long RETRY_NANOS = 1_000_000_000;

    private final LogPlace folder;
    private final AnomalyLine encoder;
    private final TimeSource time;
    private final long maxBytes;
    private final LongAdder lost = new LongAdder();
    private @Nullable SeekableByteChannel channel;
    private volatile boolean ended;
    private boolean failing;
    private long failedNanos;
    private long untold;

    /**
     * Makes the writer, which opens the file with the first event.
     *
     * @param folder opens and renames the file
     * @param maxBytes how long it may become before it is rotated
     */
    AnomalyFile(LogPlace folder, AnomalyLine encoder, TimeSource time, long maxBytes) {
        this.folder = folder;
        this.encoder = encoder;
        this.time = time;
        this.maxBytes = maxBytes;
    }

    /** How many events could not be written. */
    long lost() {
        return lost.sum();
    }

    @Override
    public void take(List<Anomaly> batch, long lostBefore) {
        untold += lostBefore;
        lookWhetherItMoved();
        for (Anomaly event : batch) {
            if (ended || (failing && time.nanoTime() - failedNanos < RETRY_NANOS)) {
                lose(1);
            } else {
                write(event);
            }
        }
    }

    /** Somebody else may have rotated it. */
    private void lookWhetherItMoved() {
        try {
            if (channel != null && !folder.isStillThere()) {
                close();
            }
        } catch (IOException e) {
            close(); // what is wrong shows when it is opened
        }
    }

    private void write(Anomaly event) {
        try {
            if (untold > 0) {
                append(encoder.of(Anomaly.builder(LOST).at(event.timestamp()).leftOut(event.timestamp(), untold)));
                untold = 0;
            }
            append(encoder.of(event));
            if (failing) {
                failing = false;
                LOG.log(Level.INFO, "The anomaly file can be written again: {0}", folder.file());
            }
        } catch (IOException | RuntimeException e) {
            lose(1);
            fail(e);
        }
    }

    private void lose(int events) {
        lost.add(events);
        untold += events;
    }

    private void fail(Exception cause) {
        close();
        failedNanos = time.nanoTime();
        if (!failing) {
            failing = true;
            LOG.log(
                    Level.WARNING,
                    "The anomaly file cannot be written; events are counted and remembered, but lost to it until it can: "
                            + folder.file() + ": " + cause);
        }
    }

    private void append(byte[] line) throws IOException {
        SeekableByteChannel open = open();
        long before = open.size();
        if (before > 0 && before + line.length > maxBytes) {
            close();
            folder.rotate();
            open = open();
            before = open.size();
        }
        ByteBuffer bytes = ByteBuffer.wrap(line);
        try {
            while (bytes.hasRemaining()) {
                open.write(bytes);
            }
        } catch (IOException e) {
            if (bytes.position() > 0) {
                open.truncate(before);
            }
            throw e;
        }
    }

    private SeekableByteChannel open() throws IOException {
        SeekableByteChannel open = channel;
        if (open == null) {
            open = folder.open();
            channel = open;
        }
        return open;
    }

    /** Closes the file for good; whatever still comes is lost. To be called when nothing is being written. */
    void end() {
        ended = true;
        close();
    }

    @Override
    public void close() {
        SeekableByteChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "The anomaly file cannot be closed", e);
            }
        }
    }
}

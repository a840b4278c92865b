// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import static java.util.Objects.requireNonNull;

import dev.weir.time.TimeSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects what an anomaly log does with its events. Not thread-safe; build, then share the result.
 *
 * @since 0.1
 */
public final class AnomalyLogBuilder {

    private static final int MAX_REMEMBER = 1_000_000;
    private static final long MIN_BYTES = 10_000;
    private static final long MAX_BYTES = 1_000_000_000_000L;

    @Nullable Integer remember;

    @Nullable TimeSource time;

    @Nullable Executor executor;

    final List<Consumer<Anomaly>> callbacks = new ArrayList<>();

    int linesOfEach = AnomalyLog.DEFAULT_LINES_OF_EACH;
    int linesOfAll = AnomalyLog.DEFAULT_LINES_OF_ALL;

    private @Nullable Path file;
    private @Nullable LogPlace place;
    private long maxBytes = AnomalyLog.DEFAULT_FILE_BYTES;
    private int keep = AnomalyLog.DEFAULT_FILES;
    private @Nullable NameDigest digest;

    AnomalyLogBuilder() {}

    /**
     * Appends events to a file, one line of JSON each, of at most 4 KiB.
     *
     * <p>A new file can be read by its owner only. A symbolic link is not followed. While the file cannot be written, events
     * are lost to it and counted: see {@link AnomalyLog#lost}.
     *
     * @param jsonLines the file, for this log alone; its folder must exist
     * @return this
     */
    public AnomalyLogBuilder file(Path jsonLines) {
        this.file = once(this.file, jsonLines.toAbsolutePath().normalize(), "file");
        return this;
    }

    /**
     * Sets how long the file may become, and how many older ones are kept beside it as {@code .1}, {@code .2} and so on.
     *
     * @param bytes 10,000 to 10<sup>12</sup>; {@value AnomalyLog#DEFAULT_FILE_BYTES} unless set
     * @param files 1 to 1,000; {@value AnomalyLog#DEFAULT_FILES} unless set
     * @return this
     * @throws IllegalArgumentException if one is out of range
     */
    public AnomalyLogBuilder rotate(long bytes, int files) {
        if (bytes < MIN_BYTES || bytes > MAX_BYTES) {
            throw new IllegalArgumentException("bytes must be " + MIN_BYTES + " to " + MAX_BYTES + " but was " + bytes);
        }
        this.maxBytes = bytes;
        this.keep = checked(files, 1_000, "files");
        return this;
    }

    /**
     * Sets how many events go to file and callbacks in a minute. What is more is left out, and its number told.
     *
     * @param ofEach how many of each caller and type, 1 to 1,000,000; {@value AnomalyLog#DEFAULT_LINES_OF_EACH} unless set
     * @param ofAll how many of each severity, 1 to 1,000,000; {@value AnomalyLog#DEFAULT_LINES_OF_ALL} unless set
     * @return this
     * @throws IllegalArgumentException if one is out of range
     */
    public AnomalyLogBuilder linesAMinute(int ofEach, int ofAll) {
        this.linesOfEach = checked(ofEach, MAX_REMEMBER, "ofEach");
        this.linesOfAll = checked(ofAll, MAX_REMEMBER, "ofAll");
        return this;
    }

    private static int checked(int number, int most, String name) {
        if (number < 1 || number > most) {
            throw new IllegalArgumentException(name + " must be 1 to " + most + " but was " + number);
        }
        return number;
    }

    /**
     * Writes keyed digests of tenants, users and addresses into the file, instead of themselves. Memory and callbacks have
     * them as they are.
     *
     * @param secret the key; who has it can tell whose digest it is
     * @return this
     * @throws IllegalArgumentException if the secret is empty
     */
    public AnomalyLogBuilder digestIdentities(String secret) {
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("secret must not be empty");
        }
        this.digest = once(this.digest, new NameDigest(secret), "digestIdentities");
        return this;
    }

    /**
     * Calls back with each event of the sample, one at a time and in order, on a daemon thread of the log's own. Whatever it
     * throws is logged at most once a minute. While it blocks, events wait in its queue, and further ones are left out.
     *
     * @param alert told of events, and of how many were left out: see {@link Anomaly#leftOut}
     * @return this
     */
    public AnomalyLogBuilder onAnomaly(Consumer<Anomaly> alert) {
        callbacks.add(requireNonNull(alert, "alert"));
        return this;
    }

    /**
     * Writes the file on this executor, instead of on a daemon thread of the log's own. The log needs
     * {@link AnomalyLog#poll} then.
     *
     * @param own the executor, which runs or rejects what it is given, and which the application ends
     * @return this
     */
    public AnomalyLogBuilder executor(Executor own) {
        this.executor = once(this.executor, own, "executor");
        return this;
    }

    /** Keeps the file elsewhere than in a folder. */
    AnomalyLogBuilder place(LogPlace own) {
        this.place = own;
        return this;
    }

    @Nullable AnomalyFile openFile(TimeSource clocks) {
        LogPlace opened = place;
        if (file != null) {
            LogFolder folder = new LogFolder(file, keep);
            folder.check();
            opened = folder;
        }
        return opened == null ? null : new AnomalyFile(opened, new AnomalyLine(digest), clocks, maxBytes);
    }

    /**
     * Sets how many events are remembered.
     *
     * @param most how many, 0 to 1,000,000; {@value AnomalyLog#DEFAULT_REMEMBER} unless set
     * @return this
     * @throws IllegalArgumentException if {@code most} is out of range
     */
    public AnomalyLogBuilder remember(int most) {
        if (most < 0 || most > MAX_REMEMBER) {
            throw new IllegalArgumentException("remember must be 0 to " + MAX_REMEMBER + " but was " + most);
        }
        this.remember = once(this.remember, most, "remember");
        return this;
    }

    /**
     * Reads time from these clocks, in tests for instance.
     *
     * @param clocks the clocks
     * @return this
     */
    public AnomalyLogBuilder time(TimeSource clocks) {
        this.time = once(this.time, clocks, "time");
        return this;
    }

    private static <T> T once(@Nullable T before, T now, String name) {
        requireNonNull(now, name);
        if (before != null) {
            throw new IllegalStateException(name + " was already set");
        }
        return now;
    }

    /**
     * Makes the log, and opens its file.
     *
     * @return the log, which the application closes
     * @throws IllegalArgumentException if the file can never be written: its folder does not exist, or it is none of this
     *     process' own, or no regular file
     */
    public AnomalyLog build() {
        return new AnomalyLog(this);
    }
}

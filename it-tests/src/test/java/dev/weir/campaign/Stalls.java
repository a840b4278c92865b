// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread beside the load that naps and does nothing else. When it wakes late, the machine had no processor for it, nor for
 * others, and it writes that down.
 */
final class Stalls implements AutoCloseable {

    private static final long NAP_NANOS = Duration.ofMillis(5).toNanos();
    private static final long LATE_NANOS = Duration.ofMillis(5).toNanos();

    /**
     * A time in which somebody waited for a processor.
     *
     * @param from when it should have gone on
     * @param to when it did
     */
    record Stall(long from, long to) {}

    private final DataOutputStream out;
    private final long origin;
    private final Thread thread = new Thread(this::nap, "stalls");
    private volatile boolean ends;

    private Stalls(DataOutputStream out, long origin) {
        this.out = out;
        this.origin = origin;
    }

    static Path file(Path folder, int process) {
        return folder.resolve("stalls-" + process);
    }

    static Stalls start(long origin, Path folder, int process) throws IOException {
        Stalls stalls = new Stalls(
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file(folder, process)))), origin);
        stalls.thread.start();
        return stalls;
    }

    private void nap() {
        while (!ends) {
            long due = System.nanoTime() + NAP_NANOS;
            LockSupport.parkNanos(NAP_NANOS);
            long now = System.nanoTime();
            if (now - due > LATE_NANOS) {
                try {
                    out.writeLong(due - origin);
                    out.writeLong(now - origin);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /** Adds what a process has written down. */
    static void read(Path file, List<Stall> stalls) throws IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            while (true) {
                stalls.add(new Stall(in.readLong(), in.readLong()));
            }
        } catch (EOFException e) {
            // That was all.
        }
    }

    /** {@return the same times in order, each moment once, whoever has noticed it} */
    static List<Stall> union(List<Stall> stalls) {
        List<Stall> union = new ArrayList<>();
        for (Stall stall :
                stalls.stream().sorted(Comparator.comparingLong(Stall::from)).toList()) {
            Stall last = union.isEmpty() ? null : union.get(union.size() - 1);
            if (last == null || stall.from > last.to) {
                union.add(stall);
            } else if (stall.to > last.to) {
                union.set(union.size() - 1, new Stall(last.from, stall.to));
            }
        }
        return union;
    }

    /** {@return how much of a time was in stalls} */
    static long nanosIn(long from, long to, List<Stall> union) {
        int at = Collections.binarySearch(union, new Stall(from, from), Comparator.comparingLong(Stall::to));
        long sum = 0;
        for (int i = at < 0 ? -at - 1 : at; i < union.size() && union.get(i).from < to; i++) {
            sum += Math.min(to, union.get(i).to) - Math.max(from, union.get(i).from);
        }
        return sum;
    }

    @Override
    public void close() throws IOException {
        ends = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the stalls were ended", e);
        }
        out.close();
    }
}

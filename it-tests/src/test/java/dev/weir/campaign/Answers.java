// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import dev.weir.Decision;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The file in which one thread writes down what it was answered, so that a process holds nothing of what it has seen. */
final class Answers implements AutoCloseable {

    /** What became of one request. */
    enum What {
        ADMITTED,
        REFUSED,
        /** A closed rule, while the store did not answer. */
        UNAVAILABLE,
        /** No decision at all, or one that nothing here asks for. */
        FAILED;

        private char letter() {
            return name().charAt(0);
        }

        private static What of(char letter) {
            return switch (letter) {
                case 'A' -> ADMITTED;
                case 'R' -> REFUSED;
                case 'U' -> UNAVAILABLE;
                default -> FAILED;
            };
        }

        static What of(Decision decision) {
            return switch (decision.status()) {
                case ADMITTED -> ADMITTED;
                case REFUSED -> REFUSED;
                case UNAVAILABLE -> UNAVAILABLE;
                default -> FAILED;
            };
        }
    }

    /**
     * One of them.
     *
     * @param start when it was asked, in nanoseconds of the clock that all processes have in common
     * @param end when it was answered
     * @param degraded whether Redis did not decide
     * @param capacity of the limit that was in force, 0 if there was none
     */
    record Answer(long start, long end, int caller, int cost, What what, boolean degraded, int capacity) {

        /** {@return how long it took} */
        long nanos() {
            return end - start;
        }

        boolean isAdmitted() {
            return what == What.ADMITTED;
        }
    }

    private final DataOutputStream out;

    Answers(Path file) throws IOException {
        this.out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
    }

    void write(Answer answer) throws IOException {
        out.writeLong(answer.start);
        out.writeLong(answer.end);
        out.writeByte(answer.caller);
        out.writeByte(answer.cost);
        out.writeByte(answer.what.letter());
        out.writeBoolean(answer.degraded);
        out.writeInt(answer.capacity);
    }

    static void read(Path file, Consumer<Answer> reader) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            while (true) {
                long start = in.readLong();
                reader.accept(new Answer(
                        start,
                        in.readLong(),
                        in.readByte(),
                        in.readByte(),
                        What.of((char) in.readByte()),
                        in.readBoolean(),
                        in.readInt()));
            }
        } catch (EOFException e) {
            // That was all.
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.memory;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

/** What JMH runs: one subject in a JVM of its own, whose callers come in random order. JMH wants it open and public. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MemoryBenchmark {

    private static final int SAMPLES = 1000;

    @Param("TRY_CONSUME")
    String subject;

    @Param("1000")
    int callers;

    @Param("false")
    boolean refused;

    /** So many decisions that all is compiled, however slow the machine is at the moment. */
    int warm = 300_000;

    private Kind kind;
    private Subject open;

    /** Proves the subject, and lets every caller in once, so that no table grows while it is measured. */
    @Setup(Level.Trial)
    public void open() {
        kind = Kind.valueOf(subject);
        Proof.of(kind);
        open = kind.open(Proof.names(callers), refused ? Load.SCARCE : Load.OPEN);
        Proof.fill(kind, open, callers, refused);
        sample(warm);
    }

    /** Sees that it still answers as it should. */
    @TearDown(Level.Trial)
    public void close() {
        sample(SAMPLES);
        open.close();
    }

    private void sample(int size) {
        Walk walk = new Walk();
        walk.begin(0);
        for (int i = 0; i < size; i++) {
            Proof.answers(kind, open, walk.next(callers), refused);
        }
    }

    /**
     * The order in which a thread's callers come: any, all alike often (Marsaglia's xorshift). It counts what the thread
     * got done, and in how much time of a processor, which does not grow when others want the processor too.
     */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Walk {
        private static final long SEED = 0x9E3779B97F4A7C15L;

        private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

        /** How many decisions this thread has made in this iteration. */
        public long decisions;

        private long state;
        private long begun;

        /**
         * Begins somewhere else in each thread.
         *
         * @param thread which thread it is
         */
        @Setup(Level.Trial)
        public void begin(ThreadParams thread) {
            begin(thread.getThreadIndex());
        }

        void begin(int thread) {
            state = SEED * (thread + 1);
        }

        /** Begins to count. */
        @Setup(Level.Iteration)
        public void begin() {
            begun = CLOCK.getCurrentThreadCpuTime();
        }

        /** {@return the processor's time that this thread has had in this iteration, in nanoseconds} */
        public long processorNanos() {
            return CLOCK.getCurrentThreadCpuTime() - begun;
        }

        int next(int bound) {
            decisions++;
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
            return (int) (((state >>> 32) * bound) >>> 32);
        }
    }

    /**
     * Decides once.
     *
     * @param walk who comes next
     * @return the answer
     */
    @Benchmark
    public Object decide(Walk walk) {
        return open.take(walk.next(callers));
    }
}

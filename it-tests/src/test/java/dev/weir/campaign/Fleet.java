// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.redisrig.Jvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** The instances of a campaign, all told the same. Not thread-safe. */
final class Fleet implements AutoCloseable {

    private static final Duration END = Duration.ofSeconds(20);

    /** Pools that start their threads one by one as they are needed, and how many each has at most. No other kind may grow. */
    private static final Map<String, Integer> POOLS =
            Map.of("lettuce-nioEventLoop", 2, "lettuce-eventExecutorLoop", 2, "lettuce-timer", 1);

    private static final int MORE_FILES = 4;
    private static final long MORE_KIB = 4 * 1_024;
    private static final int MORE_PERCENT = 5;

    private final List<Jvm> instances = new ArrayList<>();
    private final Path folder;
    private List<Health> first = List.of();
    private List<Health> last = List.of();

    Fleet(Path folder) {
        this.folder = folder;
    }

    /** Starts one after the other, and waits until each has decided by Redis. */
    void start(Instance.Task zeroth) throws IOException {
        for (int i = 0; i < zeroth.instances(); i++) {
            instances.add(Instance.start(zeroth.numbered(i)));
        }
        for (Jvm instance : instances) {
            assertThat(instance.answer()).isEqualTo("ready");
        }
    }

    /** {@return the numbers of their processes} */
    List<Long> pids() {
        return instances.stream().map(Jvm::pid).toList();
    }

    void tell(String word) throws IOException {
        for (Jvm instance : instances) {
            instance.tell(word);
        }
    }

    private List<Health> hear() throws IOException {
        List<Health> heard = new ArrayList<>();
        for (Jvm instance : instances) {
            heard.add(Health.of(instance.answer()));
        }
        return heard;
    }

    /** Looks at what each holds. To be called when all is well, twice at least. */
    void measure() throws IOException {
        tell("measure");
        last = hear();
        first = first.isEmpty() ? last : first;
    }

    List<Health> first() {
        return first;
    }

    List<Health> last() {
        return last;
    }

    /** Ends the load and the processes. */
    void end() throws IOException, InterruptedException {
        tell("end");
        assertThat(hear()).as("leases held by nobody").allMatch(health -> health.inFlight() == 0);
        for (Jvm instance : instances) {
            if (!instance.awaitEnd(END).equals(OptionalInt.of(0))) {
                throw new IOException("an instance did not end well");
            }
        }
    }

    /** Takes what an instance was answered. */
    @FunctionalInterface
    interface Reader {
        void read(int instance, Answers.Answer answer);
    }

    /** Hands over every answer. */
    void report(Reader reader) throws IOException {
        for (int i = 0; i < instances.size(); i++) {
            int instance = i;
            for (int thread = 0; thread < Load.THREADS; thread++) {
                Answers.read(Load.file(folder, i, thread), answer -> reader.read(instance, answer));
            }
        }
    }

    /** {@return when a thread that only naps has woken late, in any instance} */
    List<Stalls.Stall> stalls() throws IOException {
        List<Stalls.Stall> stalls = new ArrayList<>();
        for (int i = 0; i < instances.size(); i++) {
            Stalls.read(Stalls.file(folder, i), stalls);
        }
        return stalls;
    }

    /** Nothing has grown between the first look and the last. */
    void assertNoGrowth() {
        for (int i = 0; i < first.size(); i++) {
            Health before = first.get(i);
            Health after = last.get(i);
            String name = "of instance " + i + ", before " + before + " and after " + after;
            after.moreThreadsThan(before)
                    .forEach((kind, more) -> assertThat(after.threads().get(kind))
                            .as("threads %s %s", kind, name)
                            .isLessThanOrEqualTo(POOLS.getOrDefault(kind, 0)));
            assertThat(after.files()).as("files " + name).isLessThanOrEqualTo(before.files() + MORE_FILES);
            assertThat(after.heapKib())
                    .as("heap " + name)
                    .isLessThanOrEqualTo(before.heapKib() * (100 + MORE_PERCENT) / 100 + MORE_KIB);
        }
    }

    /** {@return what the instances have complained of, for whoever looks into a failure} */
    String printed() throws IOException {
        StringBuilder printed = new StringBuilder();
        for (int i = 0; i < instances.size(); i++) {
            Path file = folder.resolve("printed-" + i);
            String text = Files.exists(file) ? Files.readString(file) : "";
            printed.append("instance ").append(i).append(":\n").append(text, 0, Math.min(text.length(), 3_000));
        }
        return printed.toString();
    }

    @Override
    public void close() throws IOException {
        for (Jvm instance : instances) {
            instance.close();
        }
    }
}

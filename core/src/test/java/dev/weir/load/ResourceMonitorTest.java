// SPDX-License-Identifier: Apache-2.0
package dev.weir.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.FakeTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResourceMonitorTest {

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final FakeTime time = new FakeTime();
    private final AtomicInteger reads = new AtomicInteger();
    private double cpu = 10;
    private double memory = 10;
    private final ResourceMonitor monitor = monitor(INTERVAL);

    private ResourceMonitor monitor(Duration interval) {
        return ResourceMonitor.builder()
                .interval(interval)
                .time(time)
                .source(new LoadSource() {
                    @Override
                    public double cpuPercent() {
                        reads.incrementAndGet();
                        return cpu;
                    }

                    @Override
                    public double memoryPercent() {
                        return memory;
                    }
                })
                .build();
    }

    private boolean overloadedWith(double cpuPercent, double memoryPercent) {
        cpu = cpuPercent;
        memory = memoryPercent;
        time.advance(INTERVAL);
        return monitor.isOverloaded();
    }

    @Test
    void overload_beginsAboveAThreshold_andEndsBelowIt() {
        assertThat(overloadedWith(80, 85)).isFalse();
        assertThat(overloadedWith(80.1, 10)).isTrue();
        assertThat(overloadedWith(75.1, 10)).isTrue();
        assertThat(overloadedWith(75, 80)).isFalse();
        assertThat(overloadedWith(10, 85.1)).isTrue();
        assertThat(overloadedWith(10, 80.1)).isTrue();
        assertThat(overloadedWith(10, 80)).isFalse();
    }

    @Test
    void unknownReading_isNoOverload() {
        assertThat(overloadedWith(Double.NaN, -1)).isFalse();
        assertThat(monitor.reading().cpuPercent()).isEmpty();
        assertThat(monitor.reading().memoryPercent()).isEmpty();
        assertThat(overloadedWith(90, Double.NaN)).isTrue();
        assertThat(overloadedWith(-1, Double.NaN)).isFalse();
        assertThat(overloadedWith(Double.NaN, 99)).isTrue();
    }

    @Test
    void meterThatThrows_isUnknown() {
        ResourceMonitor broken = ResourceMonitor.builder()
                .source(new LoadSource() {
                    @Override
                    public double cpuPercent() {
                        throw new IllegalStateException("no such file");
                    }

                    @Override
                    public double memoryPercent() {
                        throw new StackOverflowError();
                    }
                })
                .build();
        assertThat(broken.reading().isOverloaded()).isFalse();
        assertThat(broken.reading().cpuPercent()).isEmpty();
        assertThat(broken.reading().memoryPercent()).isEmpty();
    }

    @Test
    void reading_carriesAllThatWasRead() {
        overloadedWith(90, 200);
        time.advance(Duration.ofSeconds(2));
        LoadReading reading = monitor.reading();
        assertThat(reading.cpuPercent()).hasValue(90);
        assertThat(reading.memoryPercent()).hasValue(100);
        assertThat(reading.cpuThreshold()).isEqualTo(80);
        assertThat(reading.memoryThreshold()).isEqualTo(85);
        assertThat(reading.age()).isEqualTo(Duration.ofSeconds(2));
        assertThat(reading.isOverloaded()).isTrue();
        assertThat(reading).hasToString("LoadReading[cpu 90.0 of 80 %, memory 100.0 of 85 %, overloaded]");
    }

    @Test
    void reading_isMadeOnceAnInterval() {
        for (int i = 0; i < 60; i++) {
            monitor.reading();
            time.advance(Duration.ofSeconds(1));
        }
        assertThat(reads).hasValue(12);
    }

    @Test
    void polledMonitor_isReadByNobodyElse_andForgetsWhatIsOld() {
        cpu = 95;
        assertThat(monitor.poll()).isEqualTo(INTERVAL.toNanos());
        time.advance(Duration.ofSeconds(2));
        assertThat(monitor.poll()).isEqualTo(Duration.ofSeconds(3).toNanos());
        assertThat(reads).hasValue(1);
        time.advance(Duration.ofSeconds(13));
        assertThat(monitor.isOverloaded()).isTrue();
        time.advance(Duration.ofNanos(1));
        assertThat(monitor.isOverloaded()).isFalse();
        assertThat(monitor.reading().cpuPercent()).isEmpty();
        assertThat(reads).hasValue(1);
        assertThat(monitor.poll()).isEqualTo(INTERVAL.toNanos());
        assertThat(monitor.isOverloaded()).isTrue();
    }

    @Test
    void recovery_takesOneInterval() {
        assertThat(overloadedWith(100, 100)).isTrue();
        assertThat(overloadedWith(20, 20)).isFalse();
    }

    @Test
    void readingsThatJump_changeTheStateOnceASecond() {
        ResourceMonitor fast = monitor(Duration.ofMillis(100));
        int changes = 0;
        boolean was = false;
        for (int i = 0; i < 600; i++) {
            cpu = i % 2 == 0 ? 100 : 0;
            time.advance(Duration.ofMillis(100));
            boolean is = fast.isOverloaded();
            changes += is == was ? 0 : 1;
            was = is;
        }
        assertThat(changes).isBetween(2, 60);
    }

    @ParameterizedTest
    @CsvSource({
        "80.001, 10, 600",
        "81, 10, 800",
        "85, 10, 1700",
        "90, 10, 2800",
        "100, 10, 5000",
        "10, 91, 2300",
        "85, 91, 2300",
        "90, 86, 2800",
    })
    void delay_followsTheExcess(double cpuPercent, double memoryPercent, long millis) {
        assertThat(overloadedWith(cpuPercent, memoryPercent)).isTrue();
        assertThat(monitor.throttleDelay()).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void delay_isHalfASecondWhereOverloadIsEnding_andNothingAfterIt() {
        overloadedWith(90, 10);
        overloadedWith(78, 10);
        assertThat(monitor.throttleDelay()).isEqualTo(Duration.ofMillis(500));
        assertThat(monitor.reading().excess()).isZero();
        overloadedWith(60, 10);
        assertThat(monitor.throttleDelay()).isZero();
    }

    @Test
    void thresholdOf100_isNeverExceeded() {
        cpu = 100;
        memory = 100;
        ResourceMonitor never = ResourceMonitor.builder()
                .cpuPercent(100)
                .memoryPercent(100)
                .time(time)
                .source(new LoadSource() {
                    @Override
                    public double cpuPercent() {
                        return 100;
                    }

                    @Override
                    public double memoryPercent() {
                        return 100;
                    }
                })
                .build();
        assertThat(never.isOverloaded()).isFalse();
        assertThat(never.reading().excess()).isZero();
    }

    @Test
    void numbersOutOfRange_areRefused() {
        ResourceMonitor.Builder builder = ResourceMonitor.builder();
        assertThatThrownBy(() -> builder.cpuPercent(0)).hasMessage("cpuPercent must be 1 to 100 but was 0");
        assertThatThrownBy(() -> builder.memoryPercent(101)).hasMessage("memoryPercent must be 1 to 100 but was 101");
        assertThatThrownBy(() -> builder.interval(Duration.ofMillis(99)))
                .hasMessage("interval must be 100 ms to 1 hour but was PT0.099S");
    }

    @Test
    void thisMachine_tellsItsMemory() {
        LoadReading reading = ResourceMonitor.builder().build().reading();
        assertThat(reading.memoryPercent().orElseThrow()).isBetween(0.1, 100.0);
    }
}

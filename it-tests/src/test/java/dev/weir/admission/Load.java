// SPDX-License-Identifier: Apache-2.0
package dev.weir.admission;

import dev.weir.load.LoadSource;
import dev.weir.load.ResourceMonitor;
import dev.weir.testkit.ManualClock;
import java.time.Duration;

/** A meter that shows what a test says. */
final class Load implements LoadSource {

    /** At this load of a threshold of 80 %, a start is delayed by 1.5 s. */
    static final double A_BIT_TOO_MUCH = 84.4;

    private volatile double cpu;
    private volatile double memory;

    private final ManualClock clock = new ManualClock();

    /** A monitor whose clock is its own, so that its next reading does not move the time of others. */
    ResourceMonitor monitor() {
        return ResourceMonitor.builder()
                .source(this)
                .time(clock)
                .interval(Duration.ofSeconds(1))
                .build();
    }

    void show(double cpuPercent, double memoryPercent) {
        cpu = cpuPercent;
        memory = memoryPercent;
        clock.advance(Duration.ofSeconds(1));
    }

    @Override
    public double cpuPercent() {
        return cpu;
    }

    @Override
    public double memoryPercent() {
        return memory;
    }
}

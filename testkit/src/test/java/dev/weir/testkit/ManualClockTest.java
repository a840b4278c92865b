// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ManualClockTest {

    private final ManualClock clock = new ManualClock();

    @Test
    void advance_movesBothReadingsAcrossTheOverflow() {
        long nanos = clock.nanoTime();
        Instant wall = clock.now();
        clock.advance(Duration.ofSeconds(60));
        assertThat(clock.nanoTime()).isNegative();
        assertThat(clock.nanoTime() - nanos).isEqualTo(60_000_000_000L);
        assertThat(Duration.between(wall, clock.now())).isEqualTo(Duration.ofSeconds(60));
        assertThatIllegalArgumentException().isThrownBy(() -> clock.advanceNanos(-1));
    }

    @Test
    void stepWall_movesTheWallClockAlone() {
        long nanos = clock.nanoTime();
        Instant wall = clock.now();
        clock.stepWall(Duration.ofHours(-2));
        assertThat(clock.nanoTime()).isEqualTo(nanos);
        assertThat(Duration.between(wall, clock.now())).isEqualTo(Duration.ofHours(-2));
    }
}

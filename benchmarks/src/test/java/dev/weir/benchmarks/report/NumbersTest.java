// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NumbersTest {

    @Test
    void time_hasThreeDigitsAndItsUnit() {
        assertThat(Numbers.time(7.254)).isEqualTo("7.25 ns");
        assertThat(Numbers.time(157.4)).isEqualTo("157 ns");
        assertThat(Numbers.time(3244)).isEqualTo("3.24 us");
        assertThat(Numbers.time(1_200_000)).isEqualTo("1.20 ms");
    }

    @Test
    void bytesAndRatios() {
        assertThat(Numbers.bytes(103.97)).isEqualTo("104 B");
        assertThat(Numbers.bytes(-0.2)).isEqualTo("0 B");
        assertThat(Numbers.bytes(-12.2)).isEqualTo("-12 B");
        assertThat(Numbers.ratio(0.333)).isEqualTo("0.33x");
        assertThat(Numbers.ratio(12.34)).isEqualTo("12.3x");
    }

    @Test
    void rounds_areComparedRoundByRound() {
        // The machine was three times slower in the second round, which the ratio does not see.
        Rounds subject = Rounds.of(10, 33, 12);
        Rounds base = Rounds.of(20, 60, 20);
        assertThat(subject.median()).isEqualTo(12);
        assertThat(subject.ratioTo(base)).isEqualTo(0.55);
        assertThat(subject.excessOver(base)).isEqualTo(-10);
        assertThat(subject.least()).isEqualTo(10);
        assertThat(subject.most()).isEqualTo(33);
        assertThat(Rounds.of(1, 2).median()).isEqualTo(1.5);
    }

    @Test
    void roundsOfOtherNumber_areRefused() {
        assertThatThrownBy(() -> Rounds.of(1, 2).ratioTo(Rounds.of(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 and 1");
        assertThatThrownBy(Rounds::of).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aims_sayWhatWasMissed() {
        String aims = new Aims()
                .atMost("half", 0.5, 0.5, Numbers::ratio)
                .atMost("little", 128, 129, Numbers::bytes)
                .markdown();
        assertThat(aims).contains("| half | 0.50x | 0.50x | met |", "| little | 128 B | 129 B | **missed** |");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.benchmarks.report.Options.UsageException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OptionsTest {

    @Test
    void fullRun_writesIntoTheRepository() throws UsageException {
        Options options = Options.parse("--root", "repo", "memory");
        assertThat(options).isEqualTo(new Options("memory", false, false, Path.of("repo"), Path.of("repo")));
    }

    @Test
    void quickRun_writesIntoTarget_unlessToldOtherwise() throws UsageException {
        assertThat(Options.parse("--root", "repo", "memory", "--quick").out())
                .isEqualTo(Path.of("repo/benchmarks/target/bench"));
        assertThat(Options.parse("memory", "--out", "there", "--quick").out()).isEqualTo(Path.of("there"));
    }

    @Test
    void unknownWords_areRefused() {
        assertThatThrownBy(() -> Options.parse("memory", "--fast")).hasMessage("There is no option --fast.");
        assertThatThrownBy(() -> Options.parse("memory", "http")).hasMessage("There is no option http.");
        assertThatThrownBy(() -> Options.parse("memory", "--out")).hasMessage("--out needs a value.");
    }
}

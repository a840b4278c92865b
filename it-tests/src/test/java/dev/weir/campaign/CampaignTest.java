// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/**
 * Four JVMs of eight threads share a Redis that is broken every ten seconds, each time in another way.
 *
 * <p>System properties: {@code weir.seed} has a run once more, {@code weir.campaign.seconds} makes it longer, {@code
 * weir.campaign.troubles} (names of {@link Trouble}, with commas, or ALL) chooses, {@code weir.campaign.report} names a file for what was
 * found.
 */
@Tag("heavy")
class CampaignTest {

    private static final int INSTANCES = 4;

    @TempDir
    Path folder;

    private final long seed = Long.getLong("weir.seed", System.nanoTime());

    /** @param chosen names, or {@code ALL} */
    private static List<Trouble> troubles(String chosen) {
        return "ALL".equals(chosen)
                ? List.of(Trouble.values())
                : Arrays.stream(chosen.split("[ ,]", -1)).map(Trouble::valueOf).toList();
    }

    @Test
    void campaign_staysWithinTheFormula() throws Exception {
        Duration length = Duration.ofSeconds(Integer.getInteger("weir.campaign.seconds", 120));
        System.out.printf("CampaignTest: seed %d%n", seed);
        List<Trouble> troubles = troubles(System.getProperty("weir.campaign.troubles", "ALL"));
        Report report = Campaign.run(new Campaign.Plan(INSTANCES, length, seed, troubles, Mutant.NONE), folder);
        System.out.println(report.text());
        String file = System.getProperty("weir.campaign.report", "");
        if (!file.isEmpty()) {
            Files.writeString(
                    Path.of(file),
                    "# A campaign of %d seconds\n\nAll that [campaign.md](campaign.md) asks was held. The threads, file "
                                    .formatted(length.toSeconds())
                            + "descriptors and heap are those after the second trouble, and those at the end.\n\n"
                            + report.text());
        }
    }

    @ParameterizedTest
    @CsvFileSource(resources = "/campaign/seeds.csv", useHeadersInDisplayName = true)
    void seedThatFailedOnce_staysWithinTheFormula(long kept, int seconds, String troubles, String found)
            throws Exception {
        Duration length = Duration.ofSeconds(seconds);
        Campaign.Plan plan = new Campaign.Plan(INSTANCES, length, kept, troubles(troubles), Mutant.NONE);
        System.out.printf("CampaignTest: kept seed %d, for %s%n", kept, found);
        assertThat(Campaign.run(plan, folder).incidents()).isNotEmpty();
    }

    private void isFound(Mutant mutant, String complaint, Trouble... troubles) {
        Campaign.Plan plan = new Campaign.Plan(INSTANCES, Duration.ofSeconds(25), seed, List.of(troubles), mutant);
        assertThatThrownBy(() -> Campaign.run(plan, folder))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(complaint);
    }

    @Test
    void instanceThatTakesItselfForTheOnlyOne_isFound() {
        isFound(Mutant.ALONE, "without a reason", Trouble.BLACKHOLED);
    }

    @Test
    void instanceThatAdmitsWhatWasNotDecided_isFound() {
        isFound(Mutant.GENEROUS, "what Redis gave", Trouble.FROZEN);
    }
}

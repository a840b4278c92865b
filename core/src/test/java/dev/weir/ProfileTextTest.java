// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.plan.PortRange;
import dev.weir.plan.Profile;
import dev.weir.plan.Quota;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Profiles as instances write them for each other. */
class ProfileTextTest {

    static Stream<Profile> profiles() {
        return Stream.of(
                Profile.ofTier("free"),
                Profile.ofTier("a&b=c%20 \u20ac\n")
                        .withBlock("Repeated & abuse = \"bad\" \u2028")
                        .withRate("x&y", Quota.perMinute(7)),
                Profile.ofTier("pro")
                        .withRate("requests", Quota.perMinute(60).burst(10), Quota.perDay(1000))
                        .withRate("none", List.of())
                        .withRate("service-starts", Quota.perHour(5).asRolling())
                        .withRate("odd", Quota.of(3, Duration.ofMillis(1501)))
                        .withConcurrent("services", 3)
                        .withGrant("memory-mb", 512)
                        .withGrant("cpu-percent", 50)
                        .withPorts(List.of(PortRange.of("80"), PortRange.of("8000-8999"))));
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void profile_isReadAsItWasWritten(Profile profile) {
        assertThat(ProfileText.read(ProfileText.write(profile))).isEqualTo(profile);
    }

    @Test
    void whatALaterVersionAdds_isLeftOut() {
        assertThat(ProfileText.read("tier=pro&colour=blue")).isEqualTo(Profile.ofTier("pro"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tier",
                "colour=blue",
                "tier=pro&rate.requests=1:2:3",
                "tier=pro&rate.requests=x:60000000000:3:even",
                "tier=pro&rate.requests=0:60000000000:3:even",
                "tier=pro&concurrent.services=",
                "tier=pro&grant.memory-mb=-1",
                "tier=pro&port=99999",
                "tier=%zz"
            })
    void garbage_isRefusedByTheOneExceptionThatReadersExpect(String text) {
        assertThatThrownBy(() -> ProfileText.read(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void randomText_isReadOrRefused() {
        SplittableRandom random = new SplittableRandom(20261126);
        String alphabet = "tier=pro&rate.:0123456789,even%-port\u20ac";
        for (int run = 0; run < 20_000; run++) {
            StringBuilder text = new StringBuilder(run % 2 == 0 ? "tier=pro&" : "");
            for (int i = random.nextInt(40); i > 0; i--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                ProfileText.read(text.toString());
            } catch (IllegalArgumentException expected) {
                assertThat(expected).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }
}

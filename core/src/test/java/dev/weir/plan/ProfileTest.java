// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import nl.jqno.equalsverifier.EqualsVerifier;
import nl.jqno.equalsverifier.Warning;
import org.junit.jupiter.api.Test;

class ProfileTest {

    @Test
    void with_answersAChangedCopy() {
        Profile plain = Profile.ofTier("pro");
        Profile full = plain.withRate("requests", Quota.perMinute(1), Quota.perDay(2))
                .withConcurrent("services", 3)
                .withGrant("memory-mb", 4)
                .withPorts(List.of(PortRange.of("80")))
                .withBlock("abuse")
                .withVersion(5);
        assertThat(plain).isEqualTo(Profile.ofTier("pro"));
        assertThat(full.tier()).isEqualTo("pro");
        assertThat(full.rates()).containsOnlyKeys("requests");
        assertThat(full.rates().get("requests")).containsExactly(Quota.perMinute(1), Quota.perDay(2));
        assertThat(full.concurrent()).containsEntry("services", 3L).hasSize(1);
        assertThat(full.grants()).containsEntry("memory-mb", 4L).hasSize(1);
        assertThat(full.ports()).containsExactly(new PortRange(80, 80));
        assertThat(full.blocked()).contains("abuse");
        assertThat(full.version()).isEqualTo(5);
        assertThat(full.withRate("requests").rates().get("requests")).isEmpty();
    }

    @Test
    void numbersOutOfRange_areRefused() {
        Profile profile = Profile.ofTier("pro");
        assertThatThrownBy(() -> profile.withConcurrent("services", 0))
                .hasMessage("services must be at least 1 but was 0");
        assertThatThrownBy(() -> profile.withGrant("memory-mb", -1))
                .hasMessage("memory-mb must be at least 1 but was -1");
        assertThat(profile.withVersion(Profile.MAX_VERSION).version()).isEqualTo(4_294_967_294L);
        assertThatThrownBy(() -> profile.withVersion(Profile.MAX_VERSION + 1))
                .hasMessage("version must be 0 to 4294967294 but was 4294967295");
        assertThatThrownBy(() -> profile.withVersion(-1)).hasMessageContaining("but was -1");
    }

    @Test
    void toString_doesNotTellTheReasonOfABlock() {
        assertThat(Profile.ofTier("free").withBlock("fraud case 77").toString())
                .contains("blocked")
                .doesNotContain("77");
    }

    @Test
    void equals_comparesAllParts() {
        EqualsVerifier.forClass(Profile.class)
                .withPrefabValues(Quota.class, Quota.perMinute(1), Quota.perMinute(2))
                .withPrefabValues(PortRange.class, PortRange.of("1"), PortRange.of("2"))
                .suppress(Warning.NULL_FIELDS)
                .verify();
    }
}

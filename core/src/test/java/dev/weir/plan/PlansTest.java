// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.identity.IpAddress;
import dev.weir.identity.IpNetwork;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlansTest {

    private static final Map<String, Tier> BUILT_IN =
            Tier.builtIn().stream().collect(Collectors.toMap(Tier::name, Function.identity()));
    private static final Profile FREE = Profile.ofTier("free");
    private static final Profile PRO = Profile.ofTier("pro");
    private static final Profile BASIC = Profile.ofTier("basic");

    private static Plans plans(Profile standard, Profile tenant, Profile user, Profile inTenant) {
        return new Plans(
                BUILT_IN,
                standard,
                Profile.ofTier("anonymous"),
                Map.of("acme", tenant),
                Map.of("eve", user),
                Map.of("acme", Map.of("eve", inTenant)));
    }

    @Test
    void ofUser_prefersTheOneInsideTheTenant() {
        Plans plans = plans(FREE, PRO, BASIC, PRO);
        assertThat(plans.ofUser(Optional.of("acme"), "eve")).contains(PRO);
        assertThat(plans.ofUser(Optional.of("globex"), "eve")).contains(BASIC);
        assertThat(plans.ofUser(Optional.empty(), "eve")).contains(BASIC);
        assertThat(plans.ofUser(Optional.of("acme"), "bob")).isEmpty();
        assertThat(plans.standard()).isEqualTo(FREE);
        assertThat(plans.anonymous().tier()).isEqualTo("anonymous");
        assertThat(plans.tier(PRO).priority()).isEqualTo(2);
    }

    @Test
    void unknownTier_isRefusedWhereverItIsNamed() {
        Profile wrong = Profile.ofTier("gold");
        for (int place = 0; place < 4; place++) {
            Profile[] profiles = {FREE, FREE, FREE, FREE};
            profiles[place] = wrong;
            assertThatThrownBy(() -> plans(profiles[0], profiles[1], profiles[2], profiles[3]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("there is no tier \"gold\"");
        }
    }

    @Test
    void constructor_copies() {
        Map<String, Tier> tiers = new HashMap<>(BUILT_IN);
        Map<String, Profile> users = new HashMap<>();
        Map<String, Map<String, Profile>> inTenants = new HashMap<>(Map.of("acme", new HashMap<>()));
        Plans plans = new Plans(tiers, FREE, FREE, Map.of(), users, inTenants);
        tiers.clear();
        users.put("eve", PRO);
        inTenants.get("acme").put("eve", PRO);
        assertThat(plans.tiers()).hasSize(5);
        assertThat(plans.ofUser(Optional.of("acme"), "eve")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "free, 0, 20, 20, 5, 2, 256, 25",
        "basic, 1, 60, 40, 20, 5, 512, 50",
        "pro, 2, 120, 80, 50, 10, 2048, 80",
        "enterprise, 3, 500, 200, 200, 50, 8192, 100"
    })
    void builtInTiers_haveTheNumbersOfTheDesign(
            String name, int priority, long perMinute, long inFlight, long starts, long services, long mb, long cpu) {
        assertThat(BUILT_IN.get(name))
                .isEqualTo(new Tier(
                        name,
                        priority,
                        Map.of(
                                "requests",
                                List.of(Quota.perMinute(perMinute)),
                                "service-starts",
                                List.of(Quota.perHour(starts).asRolling())),
                        Map.of("requests", inFlight, "services", services),
                        Map.of("memory-mb", mb, "cpu-percent", cpu)));
    }

    @Test
    void anonymousTier_startsNothing() {
        assertThat(BUILT_IN.get("anonymous"))
                .isEqualTo(new Tier(
                        "anonymous",
                        0,
                        Map.of("requests", List.of(Quota.perMinute(10))),
                        Map.of("requests", 10L),
                        Map.of()));
        assertThat(BUILT_IN).hasSize(5);
    }

    @ParameterizedTest
    @CsvSource({"80, 80, 80", "8000-8999, 8000, 8999", "1-65535, 1, 65535", "65535, 65535, 65535", "00080, 80, 80"})
    void portRange_good(String text, int first, int last) {
        PortRange range = PortRange.of(text);
        assertThat(range).isEqualTo(new PortRange(first, last));
        assertThat(range.contains(first)).isTrue();
        assertThat(range.contains(last)).isTrue();
        assertThat(range.contains(first - 1)).isFalse();
        assertThat(range.contains(last + 1)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65536", "99999", "9000-8000", "80-", "-80", "80-90-100", "http", "80 - 90", "１"})
    void portRange_bad(String text) {
        assertThatThrownBy(() -> PortRange.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("range");
    }

    @Test
    void exemption_needsPathAndAddress() {
        Exemption all = new Exemption(PathGlob.of("/health/**"), List.of());
        assertThat(all.covers("/health", null)).isTrue();
        assertThat(all.covers("/healthy", null)).isFalse();
        Exemption internal = new Exemption(PathGlob.of("/internal/**"), List.of(IpNetwork.of("10.0.0.0/8")));
        assertThat(internal.covers("/internal/x", IpAddress.of("10.1.1.1"))).isTrue();
        assertThat(internal.covers("/internal/x", IpAddress.of("11.1.1.1"))).isFalse();
        assertThat(internal.covers("/internal/x", null)).as("address unknown").isFalse();
        assertThat(internal.covers("/x", IpAddress.of("10.1.1.1"))).isFalse();
    }
}

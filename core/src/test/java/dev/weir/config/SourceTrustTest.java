// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.identity.FakeRequest;
import dev.weir.identity.Identity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where anybody can write any name, a file must say what bounds him; where nobody can, it need not. */
class SourceTrustTest {

    private static final String ADDRESS_RULE = "rules: [{name: address, per: ip, rate: 100/min}]\n";

    private static Configuration read(String source, String more) {
        return Configuration.parse("weir.yaml", "identity: {tenant: [" + source + "]}\n" + more);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{host: example.com}",
                "{path: '/t/{tenant}/**'}",
                "{api-key: X-Api-Key}",
                "{attribute: a, trust: asserted}",
                "{session: a, trust: asserted}",
                "{claim: a, trust: asserted}"
            })
    void assertedSource_needsABound(String source) {
        assertThatThrownBy(() -> read(source, ""))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("is asserted by the client")
                .hasMessageContaining("(WEIR-008)");
        assertThat(read(source, ADDRESS_RULE).rules()).hasSize(1);
        String digest = "key-" + "0".repeat(64);
        assertThat(read(source.replaceAll("}$", ", allowed: [" + digest + "]}"), "")
                        .rules())
                .isEmpty();
        if (!source.contains("trust")) {
            assertThat(read(source.replaceAll("}$", ", trust: verified}"), "").rules())
                    .isEmpty();
        }
    }

    /** The numbers of the tier are those of anonymous, and unlimited bounds nobody. */
    @Test
    void addressRule_mayNameTheTiersNumber() {
        String rule = "rules: [{name: address, per: ip, rate: requests}]\n";
        assertThat(read("{host: example.com}", rule).rules()).hasSize(1);
        String unlimited = rule + "tiers: {anonymous: {rates: {requests: unlimited}}}\n";
        assertThatThrownBy(() -> read("{host: example.com}", unlimited)).hasMessageContaining("(WEIR-008)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"principal", "{attribute: a}", "{session: a}", "{claim: a.b}"})
    void verifiedSource_needsNone(String source) {
        assertThat(read(source, "").rules()).isEmpty();
    }

    @Test
    void everySource_isRead() {
        Configuration file = Configuration.parse("weir.yaml", """
                identity:
                  tenant:
                    - {host: [example.com, example.org], allowed: [acme]}
                    - {path: "/t/{tenant}/**", trust: verified}
                    - {session: tenantId}
                  user:
                    - {api-key: X-Api-Key, trust: verified}
                    - principal
                """);
        var resolver = file.identity().resolver();
        assertThat(resolver.resolve(
                        FakeRequest.get("/t/globex/x").host("acme.example.org").user("carol")))
                .isEqualTo(Identity.of("acme", "carol"));
        assertThat(resolver.resolve(
                        FakeRequest.get("/t/globex/x").host("evil.example.org").user("carol")))
                .isEqualTo(Identity.of("globex", "carol"));
        assertThat(resolver.resolve(FakeRequest.get("/").session("tenantId", "s")))
                .isEqualTo(Identity.of("s", null));
        assertThat(resolver.resolve(FakeRequest.get("/").with("X-Api-Key", "k").user("carol"))
                        .user())
                .hasValueSatisfying(user -> assertThat(user).startsWith("key-"));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import nl.jqno.equalsverifier.EqualsVerifier;
import org.junit.jupiter.api.Test;

class IdentityTest {

    @Test
    void blankPartsAreUnknown() {
        assertThat(Identity.of(null, null)).isEqualTo(Identity.unknown());
        assertThat(Identity.of("", " \t\u2003", "unknown")).isEqualTo(Identity.unknown());
        assertThat(Identity.unknown().tenantKey()).isNull();
        assertThat(Identity.unknown().userKey()).isNull();
        assertThat(Identity.unknown().addressOrNull()).isNull();
    }

    @Test
    void partsAreKeptAsTheyAre() {
        Identity identity = Identity.of("Acme ", "carol", "[2001:db8::1]:443");
        assertThat(identity.tenant()).contains("Acme ");
        assertThat(identity.tenantKey()).isEqualTo(Key.of(Scope.TENANT, "Acme "));
        assertThat(identity.userKey()).isEqualTo(Key.of(Scope.USER, "carol"));
        assertThat(identity.address()).contains(IpAddress.of("2001:db8::1"));
        assertThat(identity).hasToString("Identity[tenant Acme , user carol, 2001:db8::1]");
        assertThat(identity).isNotEqualTo(Identity.of("acme", "carol", "2001:db8::1"));
    }

    @Test
    void withAddress_replacesTheAddressOnly() {
        Identity identity = Identity.of("acme", null, "203.0.113.1").withAddress(IpAddress.of("203.0.113.2"));
        assertThat(identity).isEqualTo(Identity.of("acme", null, "203.0.113.2"));
    }

    @Test
    void equals_comparesAllParts() {
        EqualsVerifier.forClass(Identity.class)
                .withPrefabValues(Key.class, Key.of(Scope.USER, "a"), Key.of(Scope.USER, "b"))
                .withPrefabValues(IpAddress.class, IpAddress.of("1.1.1.1"), IpAddress.of("2.2.2.2"))
                .verify();
    }
}

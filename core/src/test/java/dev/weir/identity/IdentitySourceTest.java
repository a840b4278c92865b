// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.Principal;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IdentitySourceTest {

    private static final List<IpNetwork> GATEWAYS = List.of(IpNetwork.of("10.0.0.0/8"));

    private static FakeRequest request() {
        return FakeRequest.get("/");
    }

    @Test
    void header_withoutPeers_cannotBeMade() {
        assertThatThrownBy(() -> IdentitySource.header("X-Tenant-Id", List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("header X-Tenant-Id must have trusted-peers: without them any client could send it and be"
                        + " anybody");
    }

    @Test
    void header_isBelievedFromListedPeersOnly() {
        IdentitySource source = IdentitySource.header("X-Tenant-Id", GATEWAYS);
        assertThat(source.find(request().from("10.1.2.3").with("x-tenant-id", "acme")))
                .isEqualTo("acme");
        assertThat(source.find(request().from("[::ffff:10.1.2.3]:80").with("X-Tenant-Id", "acme")))
                .isEqualTo("acme");
        assertThat(source.find(request().from("203.0.113.9").with("X-Tenant-Id", "acme")))
                .isNull();
        assertThat(source.find(request().from("").with("X-Tenant-Id", "acme"))).isNull();
        assertThat(source.find(request().from("10.1.2.3"))).isNull();
    }

    /** The peer counts, not the client: a client behind a trusted proxy cannot make himself a peer by a header. */
    @Test
    void header_isNotBelievedBecauseOfAForwardedAddress() {
        FakeRequest spoofed = request()
                .from("203.0.113.9")
                .with("X-Forwarded-For", "10.1.2.3")
                .with("Forwarded", "for=10.1.2.3")
                .with("X-Tenant-Id", "acme");
        assertThat(IdentitySource.header("X-Tenant-Id", GATEWAYS).find(spoofed)).isNull();
    }

    @Test
    void header_thatIsThereTwice_isNotBelieved() {
        FakeRequest twice = request().from("10.1.2.3").with("X-Tenant-Id", "acme", "globex");
        assertThat(IdentitySource.header("X-Tenant-Id", GATEWAYS).find(twice)).isNull();
        FakeRequest same = request().from("10.1.2.3").with("X-Tenant-Id", "acme", "acme");
        assertThat(IdentitySource.header("X-Tenant-Id", GATEWAYS).find(same)).isNull();
    }

    private enum Plan {
        GOLD
    }

    @Test
    void attribute_isBelievedIfItsTypeNamesSomebody() {
        UUID uuid = new UUID(1, 2);
        Principal principal = () -> "carol";
        assertThat(found("acme")).isEqualTo("acme");
        assertThat(found(java.nio.CharBuffer.wrap("acme"))).isEqualTo("acme");
        assertThat(found(42)).isEqualTo("42");
        assertThat(found(42L)).isEqualTo("42");
        assertThat(found(uuid)).isEqualTo(uuid.toString());
        assertThat(found(Plan.GOLD)).isEqualTo("GOLD");
        assertThat(found(principal)).isEqualTo("carol");
    }

    @Test
    void attribute_ofAnyOtherType_namesNobody() {
        assertThat(found(new Object())).isNull();
        assertThat(found(Optional.of("acme"))).isNull();
        assertThat(found(List.of("acme"))).isNull();
        assertThat(found(new byte[] {1})).isNull();
        assertThat(IdentitySource.attribute("tenantId").find(request())).isNull();
    }

    private static String found(Object value) {
        return IdentitySource.attribute("tenantId").find(request().attribute("tenantId", value));
    }

    @Test
    void principal_isTheAuthenticatedCaller() {
        assertThat(IdentitySource.principal().find(request().user("carol"))).isEqualTo("carol");
        assertThat(IdentitySource.principal().find(request())).isNull();
    }

    @Test
    void resolver_takesTheFirstSourceThatFindsAName() {
        var resolver = new ConfiguredKeyResolver(
                List.of(IdentitySource.attribute("a"), IdentitySource.attribute("b")),
                List.of(IdentitySource.principal()));
        FakeRequest request =
                request().attribute("a", " \t ").attribute("b", "acme").user("carol");
        assertThat(resolver.resolve(request)).isEqualTo(Identity.of("acme", "carol"));
        assertThat(resolver.resolve(request.attribute("a", "first"))).isEqualTo(Identity.of("first", "carol"));
        assertThat(resolver.resolve(request().user(""))).isEqualTo(Identity.unknown());
    }
}

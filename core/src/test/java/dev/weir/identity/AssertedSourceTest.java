// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients say of themselves: by a key, by the host that they ask, by the path. And sessions. */
class AssertedSourceTest {

    private static final String KEY = "s3cret-k3y";

    private static String key(String... lines) {
        return IdentitySource.apiKey("X-Api-Key").find(FakeRequest.get("/").with("x-api-key", lines));
    }

    @Test
    void apiKey_isKnownByItsDigestOnly() throws Exception {
        String name = key(KEY);
        assertThat(name).matches("key-[0-9a-f]{64}").doesNotContain(KEY);
        assertThat(name.substring(4))
                .as("what sha256sum prints")
                .isEqualTo(new java.math.BigInteger(
                                1,
                                java.security.MessageDigest.getInstance("SHA-256")
                                        .digest(KEY.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                        .toString(16)
                        .transform(hex -> "0".repeat(64 - hex.length()) + hex));
        assertThat(key(" " + KEY + " ")).isEqualTo(name);
        assertThat(key(KEY + "x")).isNotEqualTo(name);
    }

    @Test
    void apiKeyThatIsMissingBlankOrThereTwice_namesNobody() {
        assertThat(IdentitySource.apiKey("X-Api-Key").find(FakeRequest.get("/")))
                .isNull();
        assertThat(key(" \t")).isNull();
        assertThat(key(KEY, KEY)).isNull();
    }

    /** No copy of the key is in what a listener, a log or a store gets to see. */
    @Test
    void identityOfAnApiKey_doesNotHoldIt() {
        Identity identity = new ConfiguredKeyResolver(List.of(), List.of(IdentitySource.apiKey("X-Api-Key")))
                .resolve(FakeRequest.get("/").with("X-Api-Key", KEY));
        assertThat(identity.toString()).contains("key-").doesNotContain(KEY);
        assertThat(identity.userKey()).isNotNull();
        assertThat(identity.userKey().value()).matches("key-[0-9a-f]{64}");
    }

    @ParameterizedTest
    @CsvSource({
        "acme.example.com, acme",
        "ACME.Example.COM, acme",
        "acme.example.com., acme",
        "acme.eu.example.com, acme",
        "acme-2.example.com, acme-2",
        "example.com,",
        "eu.example.com,",
        "a.b.example.com,",
        ".example.com,",
        "acmeexample.com,",
        "acme.example.com.evil.org,",
        "acme.example.org,",
        "127.0.0.1,",
        "[::1],",
        "'',"
    })
    void host_isTheOneLabelBeforeASuffix(String host, String tenant) {
        assertThat(IdentitySource.host(List.of("example.com", "eu.example.com"))
                        .find(FakeRequest.get("/").host(host)))
                .isEqualTo(tenant);
    }

    @Test
    void hostThatIsUnknownOrLong_namesNobody() {
        IdentitySource source = IdentitySource.host(List.of("example.com"));
        assertThat(source.find(FakeRequest.get("/"))).isNull();
        assertThat(source.find(FakeRequest.get("/").host("a".repeat(300) + ".example.com")))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*.example.com", ".example.com", "Example.com", "example..com", "example.com:80"})
    void suffixThatIsNone_isRefused(String suffix) {
        assertThatThrownBy(() -> IdentitySource.host(List.of(suffix))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> IdentitySource.host(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "/t/{tenant}/**, /t/acme/orders, acme",
        "/t/{tenant}/**, /t/acme, acme",
        "/t/{tenant}/**, /t/acme/, acme",
        "/t/{tenant}/**, /t/,",
        "/t/{tenant}/**, /t,",
        "/t/{tenant}/**, /,",
        "/t/{tenant}/**, /u/acme/orders,",
        "/t/{tenant}/**, /tt/acme/orders,",
        "/t/{tenant}, /t/acme, acme",
        "/t/{tenant}, /t/acme/, acme",
        "/t/{tenant}, /t/acme/orders,",
        "/{tenant}/api/**, /acme/api/x, acme",
        "/{tenant}/api/**, /acme/other,",
        "/{tenant}/api/**, /acme,",
        "/*/{tenant}, /v1/acme, acme",
        "/{tenant}, /acme, acme",
    })
    void path_isOneSegment(String pattern, String path, String tenant) {
        assertThat(IdentitySource.path(pattern, "tenant").find(FakeRequest.get(path)))
                .isEqualTo(tenant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "t/{tenant}",
                "/t",
                "/{user}",
                "/{tenant}/{tenant}",
                "/**/{tenant}",
                "/t-{tenant}",
                "/a*b/{tenant}",
                "/{tenant}//x",
                "/{tenant}/**/x"
            })
    void patternThatIsNone_isRefused(String pattern) {
        assertThatThrownBy(() -> IdentitySource.path(pattern, "tenant"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("{tenant}");
    }

    @Test
    void emptySegment_isBlank_andSoNobody() {
        var resolver = new ConfiguredKeyResolver(List.of(IdentitySource.path("/t/{tenant}/**", "tenant")), List.of());
        assertThat(resolver.resolve(FakeRequest.get("/t//x"))).isEqualTo(Identity.unknown());
    }

    @Test
    void session_isBelievedAsAttributesAre() {
        IdentitySource source = IdentitySource.session("tenantId");
        assertThat(source.find(FakeRequest.get("/"))).isNull();
        assertThat(source.find(FakeRequest.get("/").session("tenantId", "acme")))
                .isEqualTo("acme");
        assertThat(source.find(FakeRequest.get("/").session("tenantId", 7L))).isEqualTo("7");
        assertThat(source.find(FakeRequest.get("/").session("tenantId", new Object())))
                .isNull();
        assertThat(source.find(FakeRequest.get("/").attribute("tenantId", "acme")))
                .isNull();
    }

    @Test
    void allowList_leavesEverybodyElseToTheNextSource() {
        var resolver = new ConfiguredKeyResolver(
                List.of(
                        IdentitySource.host(List.of("example.com")).only(Set.of("acme")),
                        IdentitySource.attribute("tenantId")),
                List.of());
        FakeRequest request = FakeRequest.get("/").attribute("tenantId", "globex");
        assertThat(resolver.resolve(request.host("acme.example.com"))).isEqualTo(Identity.of("acme", null));
        assertThat(resolver.resolve(request.host("victim.example.com"))).isEqualTo(Identity.of("globex", null));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.Configuration;
import dev.weir.identity.FakeRequest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that count by their digest, and yet stand in the file. */
class ProfileBookTest {

    private static final String LONG = "n".repeat(300);

    private final FakeStore store = new FakeStore();

    private Decision.Status statusOf(String profiles, FakeRequest request) {
        Configuration file = Configuration.parse(
                "weir.yaml", "identity: {tenant: [{attribute: tenantId}]}\nprofiles: {" + profiles + "}");
        try (RateLimiter limiter = RateLimiter.builder(file).store(store).build()) {
            return limiter.decide(request).status();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {257, 300, 900})
    void block_ofALongName_counts(int length) {
        String name = "n".repeat(length);
        String blocked = "\"" + name + "\": {blocked: fraud}";
        FakeRequest user = FakeRequest.get("/").user(name);
        FakeRequest tenant = FakeRequest.get("/").tenant(name).user("bob");
        assertThat(statusOf("users: {" + blocked + "}", user)).isEqualTo(Decision.Status.BLOCKED);
        assertThat(statusOf("tenants: {" + blocked + "}", tenant)).isEqualTo(Decision.Status.BLOCKED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha256:abc", "bob"})
    void block_ofAUserInATenant_counts(String user) {
        String blocked = "users: {\"" + LONG + "/" + user + "\": {blocked: fraud}}";
        assertThat(statusOf(blocked, FakeRequest.get("/").tenant(LONG).user(user)))
                .isEqualTo(Decision.Status.BLOCKED);
        assertThat(statusOf(blocked, FakeRequest.get("/").tenant("acme").user(user)))
                .isEqualTo(Decision.Status.ADMITTED);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.Configuration;
import dev.weir.identity.FakeRequest;
import dev.weir.identity.Identity;
import dev.weir.plan.Profile;
import dev.weir.plan.ProfileSource;
import dev.weir.plan.Quota;
import dev.weir.store.ChargeItem;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whoever's numbers count for a user, his bucket takes them up: its version grows with each change. */
class ProfileVersionsTest {

    private static final String FILE = """
            identity: {tenant: [{attribute: tenantId}]}
            rules: [{name: u, per: user, rate: requests}]
            profiles: {users: {eve: {tier: enterprise}}, tenants: {acme: {tier: basic}}}
            """;
    private static final Identity ACME = Identity.of("acme", null);
    private static final Identity BOB = Identity.of(null, "bob");
    private static final Identity BOB_OF_ACME = Identity.of("acme", "bob");

    private final FakeStore store = new FakeStore();
    private final FakeTime time = new FakeTime();
    private final Map<String, Profile> source = new HashMap<>();
    private final RateLimiter limiter = RateLimiter.builder(Configuration.parse("weir.yaml", FILE))
            .store(store)
            .time(time)
            .executor(Runnable::run)
            .profileSource(
                    new ProfileSource() {
                        @Override
                        public Optional<Profile> ofTenant(String tenant) {
                            return Optional.ofNullable(source.get(tenant));
                        }

                        @Override
                        public Optional<Profile> ofUser(Optional<String> tenant, String user) {
                            return Optional.ofNullable(source.get(tenant.orElse("") + "/" + user));
                        }
                    },
                    3,
                    Duration.ofSeconds(5))
            .build();

    private long lastVersion = -1;
    private long lastLimit = -1;

    /** Charges, and makes sure that the bucket takes up numbers that are not those of the last charge. */
    private long limit() {
        limiter.decide(FakeRequest.get("/").tenant("acme").user("bob"));
        ChargeItem item = store.charges.get(store.charges.size() - 1).item(0);
        long limit = item.limit().capacity(0);
        if (limit != lastLimit) {
            assertThat(item.limit().version()).as("version of the bucket").isGreaterThan(lastVersion);
        } else {
            assertThat(item.limit().version()).as("version of the bucket").isGreaterThanOrEqualTo(lastVersion);
        }
        lastVersion = item.limit().version();
        lastLimit = limit;
        return limit;
    }

    /** After the life of what the source has answered, its next answer. */
    private long limitAfterLoading() {
        time.advance(Duration.ofSeconds(6));
        limiter.decide(FakeRequest.get("/").tenant("acme").user("bob"));
        return limit();
    }

    private static Profile perMinute(long number) {
        return Profile.ofTier("pro").withRate("requests", Quota.perMinute(number));
    }

    @Test
    void profilesOfTheStore_thenOfTheSource_thenOfTheFile() {
        assertThat(limit()).as("of the tenant, in the file").isEqualTo(60);
        source.put("acme", perMinute(101).withVersion(7));
        assertThat(limitAfterLoading()).isEqualTo(101);
        source.put("acme/bob", perMinute(102).withVersion(1));
        assertThat(limitAfterLoading())
                .as("version 1 of the user after version 7 of the tenant")
                .isEqualTo(102);
        limiter.profiles().put(ACME, perMinute(103));
        assertThat(limit()).as("the user's own goes before the tenant's").isEqualTo(102);
        limiter.profiles().put(BOB, perMinute(104));
        assertThat(limit()).isEqualTo(104);
        limiter.profiles().put(BOB_OF_ACME, perMinute(105));
        assertThat(limit()).isEqualTo(105);
        limiter.profiles().put(BOB, perMinute(106));
        assertThat(limit()).as("that of the user in his tenant goes first").isEqualTo(105);
        limiter.profiles().remove(BOB_OF_ACME);
        assertThat(limit()).isEqualTo(106);
        limiter.profiles().remove(BOB);
        assertThat(limit()).isEqualTo(102);
        source.remove("acme/bob");
        assertThat(limitAfterLoading()).as("the tenant's, set at run time").isEqualTo(103);
        limiter.profiles().remove(ACME);
        assertThat(limit()).as("the tenant's, of the source").isEqualTo(101);
        source.remove("acme");
        assertThat(limitAfterLoading()).as("the tenant's, in the file").isEqualTo(60);
        source.put("acme/bob", perMinute(107).withVersion(2));
        assertThat(limitAfterLoading()).isEqualTo(107);
    }

    /** A user without a profile of his own has his tenant's, whichever is set, changed and taken back. */
    @Test
    void profileOfTheTenant_countsForItsUsers() {
        assertThat(limit()).isEqualTo(60);
        limiter.profiles().put(ACME, perMinute(101));
        assertThat(limit()).isEqualTo(101);
        limiter.profiles().put(ACME, perMinute(102));
        assertThat(limit()).isEqualTo(102);
        limiter.profiles().remove(ACME);
        assertThat(limit()).isEqualTo(60);
    }

    @Test
    void changeWithoutANewVersion_countsAllTheSame() {
        source.put("acme/bob", perMinute(50).withVersion(9));
        limit();
        assertThat(limit()).isEqualTo(50);
        source.put("acme/bob", perMinute(51).withVersion(9));
        assertThat(limitAfterLoading()).isEqualTo(51);
        source.put("acme/bob", perMinute(52).withVersion(3));
        assertThat(limitAfterLoading()).isEqualTo(52);
    }

    @Test
    void highestVersions_doNotOverflow() {
        source.put("acme", perMinute(50).withVersion(Profile.MAX_VERSION));
        source.put("acme/bob", perMinute(51).withVersion(Profile.MAX_VERSION));
        limit();
        limit();
        assertThat(lastVersion).isEqualTo(0xFFFF_FFFFL);
    }

    @Test
    void profileThatCannotCount_isRefusedWhereItIsSet() {
        assertThatThrownBy(() -> limiter.profiles().put(BOB, Profile.ofTier("gold")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gold");
        assertThatThrownBy(() -> limiter.profiles().put(Identity.of(null, null, "1.2.3.4"), Profile.ofTier("pro")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tenant or a user");
        assertThat(limiter.profiles().find(BOB)).isEmpty();
    }

    @Test
    void block_countsForTheTenant_forTheUser_andForTheUserInHisTenant() {
        for (Identity who : new Identity[] {ACME, BOB, BOB_OF_ACME}) {
            limiter.profiles().block(who, "Repeated abuse");
            Decision decision =
                    limiter.decide(FakeRequest.get("/").tenant("acme").user("bob"));
            assertThat(decision.status()).isEqualTo(Decision.Status.BLOCKED);
            assertThat(decision.blockReason()).contains("Repeated abuse");
            assertThat(limiter.profiles().blockReason(BOB_OF_ACME)).contains("Repeated abuse");
            assertThat(limiter.profiles().unblock(who)).isTrue();
            assertThat(limiter.profiles().unblock(who)).isFalse();
            assertThat(limit()).isEqualTo(60);
        }
        limiter.profiles().block(Identity.of("other", "bob"), "elsewhere");
        assertThat(limit()).isEqualTo(60);
    }

    @Test
    void blockWithAnEnd_ends() {
        limiter.profiles().block(BOB, "for a while", Duration.ofMinutes(10));
        time.advance(Duration.ofMinutes(10).minusNanos(1));
        FakeRequest request = FakeRequest.get("/").tenant("acme").user("bob");
        assertThat(limiter.decide(request).status()).isEqualTo(Decision.Status.BLOCKED);
        time.advance(Duration.ofNanos(1));
        assertThat(limiter.decide(request).status()).isEqualTo(Decision.Status.ADMITTED);
    }

    @Test
    void badBlocks_areRefused() {
        for (Duration life : new Duration[] {Duration.ZERO, Duration.ofNanos(-1), Duration.ofDays(36_501)}) {
            assertThatThrownBy(() -> limiter.profiles().block(BOB, "x", life))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("forHowLong");
        }
        for (String reason : new String[] {"", " ", "x".repeat(1001)}) {
            assertThatThrownBy(() -> limiter.profiles().block(BOB, reason))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("reason");
        }
    }

    @Test
    void boundsOfTheSource_areChecked() {
        ProfileSource none = new ProfileSource() {};
        RateLimiterBuilder builder = RateLimiter.builder(Configuration.parse("weir.yaml", FILE));
        assertThatThrownBy(() -> builder.profileSource(none, 0, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.profileSource(none, 1, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.profileSource(none, 1, Duration.ofDays(32)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

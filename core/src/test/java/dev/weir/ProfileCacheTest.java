// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.Configuration;
import dev.weir.identity.FakeRequest;
import dev.weir.plan.Profile;
import dev.weir.plan.ProfileSource;
import dev.weir.plan.Quota;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** A source of profiles that is asked behind the requests. */
class ProfileCacheTest {

    private static final String FILE =
            "profiles: {users: {eve: {tier: enterprise}}}\nrules: [{name: u, per: user, rate: requests}]";

    private final FakeStore store = new FakeStore();
    private final FakeTime time = new FakeTime();
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();
    private final Map<String, Optional<Profile>> profiles = new HashMap<>();

    private final ProfileSource source = new ProfileSource() {
        @Override
        public Optional<Profile> ofTenant(String tenant) {
            asked.add(tenant);
            return profiles.getOrDefault(tenant, Optional.empty());
        }

        @Override
        public Optional<Profile> ofUser(Optional<String> tenant, String user) {
            asked.add(tenant.orElse("") + "/" + user);
            Optional<Profile> found = profiles.getOrDefault(user, Optional.empty());
            if (found != null && found.isPresent() && found.get().tier().equals("throw")) {
                throw new IllegalStateException("no database");
            }
            return found;
        }
    };

    private RateLimiter limiter() {
        return RateLimiter.builder(
                        Configuration.parse("weir.yaml", "identity: {tenant: [{attribute: tenantId}]}\n" + FILE))
                .store(store)
                .time(time)
                .profileSource(source)
                .executor(waiting::add)
                .build();
    }

    private long limitOf(RateLimiter limiter, String user) {
        return limiter.decide(FakeRequest.get("/").user(user)).rates().get(0).limit();
    }

    private void load() {
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    @Test
    void miss_answersFromTheFileAndLoadsBehind() {
        profiles.put("eve", Optional.of(Profile.ofTier("free").withRate("requests", Quota.perMinute(77))));
        profiles.put("bob", Optional.of(Profile.ofTier("pro")));
        try (RateLimiter limiter = limiter()) {
            assertThat(limitOf(limiter, "eve")).as("the file's").isEqualTo(500);
            assertThat(limitOf(limiter, "bob")).as("the default").isEqualTo(20);
            assertThat(limitOf(limiter, "eve")).isEqualTo(500);
            assertThat(asked).as("no request waits for the source").isEmpty();
            assertThat(waiting).as("one load each").hasSize(2);
            load();
            assertThat(asked).containsExactly("/eve", "/bob");
            assertThat(limitOf(limiter, "eve")).isEqualTo(77);
            assertThat(limitOf(limiter, "bob")).isEqualTo(120);
            assertThat(limitOf(limiter, "eve")).isEqualTo(77);
            assertThat(waiting).isEmpty();
        }
    }

    @Test
    void answer_isAskedForAgainAfterAMinute_andCountsUntilThen() {
        profiles.put("bob", Optional.of(Profile.ofTier("pro")));
        try (RateLimiter limiter = limiter()) {
            limitOf(limiter, "bob");
            load();
            profiles.put("bob", Optional.of(Profile.ofTier("basic")));
            time.advance(Duration.ofSeconds(60));
            assertThat(limitOf(limiter, "bob")).isEqualTo(120);
            assertThat(waiting).isEmpty();
            time.advance(Duration.ofNanos(1));
            assertThat(limitOf(limiter, "bob")).isEqualTo(120);
            load();
            assertThat(limitOf(limiter, "bob")).isEqualTo(60);
            profiles.remove("bob");
            time.advance(Duration.ofSeconds(61));
            limitOf(limiter, "bob");
            load();
            assertThat(limitOf(limiter, "bob"))
                    .as("no profile of its own any more")
                    .isEqualTo(20);
        }
    }

    @Test
    void lastGoodAnswer_isKeptWhenTheSourceFails() {
        List<Optional<Profile>> failures = new ArrayList<>();
        failures.add(null);
        failures.add(Optional.of(Profile.ofTier("throw")));
        failures.add(Optional.of(Profile.ofTier("no-such-tier")));
        profiles.put("bob", Optional.of(Profile.ofTier("pro")));
        try (RateLimiter limiter = limiter()) {
            limitOf(limiter, "bob");
            load();
            for (Optional<Profile> failure : failures) {
                profiles.put("bob", failure);
                time.advance(Duration.ofSeconds(61));
                limitOf(limiter, "bob");
                load();
                assertThat(limitOf(limiter, "bob")).isEqualTo(120);
                assertThat(waiting).as("not asked again before a minute").isEmpty();
            }
        }
    }

    @Test
    void sourceThatFailsAtOnce_leavesTheFile() {
        profiles.put("eve", null);
        try (RateLimiter limiter = limiter()) {
            limitOf(limiter, "eve");
            load();
            assertThat(limitOf(limiter, "eve")).isEqualTo(500);
        }
    }

    @Test
    void block_ofTheSource_counts() {
        profiles.put("acme", Optional.of(Profile.ofTier("pro").withBlock("unpaid")));
        try (RateLimiter limiter = limiter()) {
            FakeRequest request = FakeRequest.get("/").tenant("acme").user("bob");
            assertThat(limiter.decide(request).isAdmitted()).isTrue();
            load();
            assertThat(asked).containsExactly("acme", "acme/bob");
            assertThat(limiter.decide(request).status()).isEqualTo(Decision.Status.BLOCKED);
        }
    }

    @Test
    void cache_isBounded() {
        try (RateLimiter limiter = limiter()) {
            for (int i = 0; i < 30_000; i++) {
                limitOf(limiter, "user-" + i);
                load();
            }
            asked.clear();
            for (int i = 0; i < 30_000; i++) {
                limitOf(limiter, "user-" + i);
                load();
            }
            assertThat(30_000 - asked.size()).as("names still remembered").isLessThanOrEqualTo(10_000);
        }
    }

    @Test
    void fullCache_forgetsWhomNobodyAsksForAnyMore() {
        try (RateLimiter limiter = limiter()) {
            for (int i = 0; i < 20_000; i++) {
                limitOf(limiter, "once-" + i);
                load();
            }
            time.advance(Duration.ofSeconds(121));
            for (int i = 0; i < 1000; i++) {
                limitOf(limiter, "regular-" + i);
                load();
            }
            for (int i = 0; i < 1000; i++) {
                limitOf(limiter, "regular-" + i);
            }
            assertThat(waiting)
                    .as("callers who keep coming and have to be loaded again")
                    .isEmpty();
        }
    }
}

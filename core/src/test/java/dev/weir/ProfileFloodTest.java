// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.Configuration;
import dev.weir.identity.FakeRequest;
import dev.weir.plan.Profile;
import dev.weir.plan.ProfileSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Callers of whom the source of profiles knows nothing come by the ten thousand, and others are known to it. */
class ProfileFloodTest {

    private static final int FLOOD = 30_000;
    private static final int KNOWN = 400;
    private static final int SLICE = 500;

    private final FakeStore store = new FakeStore();
    private final FakeTime time = new FakeTime();
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();
    private final Map<String, Profile> profiles = new HashMap<>();
    private boolean full;
    private int names;

    private final RateLimiter limiter = RateLimiter.builder(
                    Configuration.parse("weir.yaml", "rules: [{name: u, per: user, rate: requests}]"))
            .store(store)
            .time(time)
            .profileSource(new ProfileSource() {
                @Override
                public Optional<Profile> ofUser(Optional<String> tenant, String user) {
                    asked.add(user);
                    return Optional.ofNullable(profiles.get(user));
                }
            })
            .executor(this::execute)
            .build();

    @AfterEach
    void close() {
        limiter.close();
    }

    private void execute(Runnable work) {
        if (full) {
            throw new RejectedExecutionException("wanted by a test");
        }
        waiting.add(work);
    }

    private Decision decide(String user) {
        store.charges.clear();
        return limiter.decide(FakeRequest.get("/").user(user));
    }

    private long limitOf(String user) {
        return decide(user).rates().get(0).limit();
    }

    private void load() {
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    private void known() {
        for (int i = 0; i < KNOWN; i++) {
            profiles.put("known" + i, Profile.ofTier("pro"));
        }
        profiles.put("mallory", Profile.ofTier("pro").withBlock("abuse"));
        profiles.keySet().forEach(user -> {
            decide(user);
            load();
        });
        checkKnown();
    }

    private void checkKnown() {
        for (int i = 0; i < KNOWN; i++) {
            assertThat(limitOf("known" + i)).isEqualTo(120);
        }
        assertThat(decide("mallory").status()).isEqualTo(Decision.Status.BLOCKED);
    }

    private void flood(int callers) {
        for (int i = 0; i < callers; i++) {
            assertThat(limitOf("unknown" + names++)).isEqualTo(20);
        }
    }

    private void fillTheCache() {
        for (int i = 0; i < 20; i++) {
            flood(SLICE);
            load();
        }
    }

    @Test
    void callersWhoAreKnown_keepProfileAndBlock() {
        known();
        for (int i = 0; i < FLOOD / SLICE; i++) {
            flood(SLICE);
            load();
            time.advance(Duration.ofMillis(100));
            checkKnown();
        }
        assertThat(asked.stream().filter(profiles::containsKey))
                .as("no profile had to be loaded again")
                .doesNotHaveDuplicates();
    }

    @Test
    void callersWhoAreKnown_keepProfileAndBlock_whileNoLoadGetsThrough() {
        known();
        fillTheCache();
        full = true;
        for (int i = 0; i < 10; i++) {
            time.advance(Duration.ofSeconds(50));
            flood(SLICE);
            checkKnown();
        }
    }

    @Test
    void loadsThatWait_areBounded_andLeaveRoomForThoseWhoAreKnown() {
        known();
        time.advance(Duration.ofSeconds(61));
        flood(FLOOD);
        assertThat(waiting.size()).as("loads that wait").isBetween(100, 1_000);
        profiles.replaceAll((name, profile) -> Profile.ofTier("basic").withVersion(1));
        asked.clear();
        checkKnown();
        load();
        assertThat(asked).containsAll(profiles.keySet());
        assertThat(limitOf("known0")).isEqualTo(60);
        asked.clear();
        flood(SLICE);
        load();
        assertThat(asked).as("there is room again").hasSize(SLICE);
    }

    @Test
    void newCaller_getsHisProfile_thoughTheFloodHasPushedHimOutMeanwhile() {
        fillTheCache();
        profiles.put("ann", Profile.ofTier("pro"));
        assertThat(limitOf("ann")).isEqualTo(20);
        flood(FLOOD);
        assertThat(limitOf("ann")).as("waits a second time").isEqualTo(20);
        waiting.remove().run();
        waiting.clear();
        assertThat(limitOf("ann")).as("without another load").isEqualTo(120);
        assertThat(waiting).isEmpty();
    }

    @Test
    void unknownCallers_areAskedForOnceWhileTheyFit() {
        for (int round = 0; round < 3; round++) {
            names = 0;
            for (int i = 0; i < 19; i++) {
                flood(SLICE);
                load();
            }
        }
        assertThat(asked).hasSize(19 * SLICE);
    }
}

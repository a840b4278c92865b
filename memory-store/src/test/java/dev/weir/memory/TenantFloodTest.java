// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import static dev.weir.memory.Crowd.admits;
import static dev.weir.memory.Crowd.bucket;
import static dev.weir.memory.Crowd.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.testkit.ManualClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each request is charged to its tenant, to its user inside the tenant and to its address; one tenant is full of enemies. */
@Tag("heavy")
class TenantFloodTest {

    private static final int MAX_KEYS = 1_000;
    private static final int SLICES = 30;
    private static final int ENEMIES_PER_SLICE = 2_000;
    private static final int ENEMIES_ASK = 25;
    private static final int FLOODERS = 3;
    private static final int GOOD = 50;

    private static final BucketLimit PER_TENANT = bucket(10_000_000, Duration.ofDays(1));
    private static final BucketLimit PER_USER = bucket(20, Duration.ofDays(1));
    private static final BucketLimit PER_GOOD_USER = bucket(60, Duration.ofMinutes(1));
    private static final BucketLimit PER_ADDRESS = bucket(1_000, Duration.ofDays(1));
    private static final Key ACME = Key.of(Scope.TENANT, "acme");
    private static final Key GLOBEX = Key.of(Scope.TENANT, "globex");

    private final ManualClock clock = new ManualClock();
    private final MemoryStore store = new MemoryStore(MAX_KEYS, clock);
    private final AtomicLong admitted = new AtomicLong();

    private static ChargeItem[] request(Key tenant, BucketLimit perUser, String user, String address) {
        return new ChargeItem[] {
            new ChargeItem(Action.TAKE, PER_TENANT, "tenant", null, tenant, 1),
            new ChargeItem(Action.TAKE, perUser, "user", tenant, user(user), 1),
            new ChargeItem(Action.TAKE, PER_ADDRESS, "address", null, Key.of(Scope.IP, address), 1)
        };
    }

    private long left(Key tenant) {
        ChargeItem look = new ChargeItem(Action.LOOK, PER_TENANT, "tenant", null, tenant, 1);
        store.charge(Charge.of(look), 0);
        return look.available(0);
    }

    /** What the clock has given back to a tenant who had taken something all the time. */
    private long refilled(int slices) {
        return PER_TENANT.capacity(0) * slices * 2 / Duration.ofDays(1).toSeconds();
    }

    @Test
    void enemiesInsideOneTenant_takeNoMoreThanTheirOwnAndNothingFromOthers() throws Exception {
        goodUsers(0);
        assertThat(admits(store, request(ACME, PER_USER, "mallory", "m"))).isTrue();
        admitted.incrementAndGet();
        for (int slice = 1; slice <= SLICES; slice++) {
            int now = slice;
            clock.advance(Duration.ofSeconds(2));
            Crowd.together(FLOODERS + 1, thread -> {
                if (thread == FLOODERS) {
                    goodUsers(now);
                } else {
                    enemies(now, thread);
                }
            });
            assertThat(store.keys()).isLessThanOrEqualTo(MAX_KEYS);
        }
        System.out.printf(
                "TenantFloodTest: %,d of %,d hostile requests admitted%n",
                admitted.get(), (long) SLICES * ENEMIES_PER_SLICE * ENEMIES_ASK);
        long consumed = PER_TENANT.capacity(0) - left(ACME);
        assertThat(consumed)
                .as("a refused charge took nothing from the tenant, an admitted one exactly one token")
                .isBetween(admitted.get() - refilled(SLICES), admitted.get());
        long before = left(ACME);
        for (int i = 0; i < 10_000; i++) {
            admitted.addAndGet(admits(store, request(ACME, PER_USER, "mallory", "m")) ? 1 : 0);
        }
        assertThat(before - left(ACME)).as("mallory had 19 left").isLessThanOrEqualTo(19);
    }

    /** Each asks more often than a user may, so that what one has in the overflow or of his own is all spent. */
    private void enemies(int slice, int thread) {
        long passed = 0;
        for (int i = thread; i < ENEMIES_PER_SLICE; i += FLOODERS) {
            String name = "enemy" + slice + "-" + i;
            long own = 0;
            for (int k = 0; k < ENEMIES_ASK; k++) {
                own += admits(store, request(ACME, PER_USER, name, name)) ? 1 : 0;
            }
            assertThat(own).as("what one user gets").isLessThanOrEqualTo(20);
            passed += own;
        }
        admitted.addAndGet(passed);
    }

    private void goodUsers(int slice) {
        for (int i = 0; i < GOOD; i++) {
            assertThat(admits(store, request(GLOBEX, PER_GOOD_USER, "good" + i, "good" + i)))
                    .as("good user %s in slice %s", i, slice)
                    .isTrue();
        }
        assertThat(PER_TENANT.capacity(0) - left(GLOBEX))
                .as("what his own users have taken")
                .isLessThanOrEqualTo((slice + 1L) * GOOD);
    }
}

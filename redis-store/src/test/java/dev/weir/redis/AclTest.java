// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.redisrig.RedisCluster;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.store.RollingLimit;
import dev.weir.store.VersionedMap;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The smallest rights that docs/operations.md names are enough for all that the store does, and less is told. */
class AclTest {

    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
    private static final List<Rate> RATES =
            List.of(new Rate(20, Duration.ofMinutes(1).toNanos(), 20));

    /** @param place of the line among those of the page: that of the script, that of compare-and-swap */
    private static String line(int place) throws IOException {
        Path page = Path.of(System.getProperty("weir.root"), "docs", "operations.md");
        return Files.readAllLines(page).stream()
                .map(String::strip)
                .filter(text -> text.startsWith("user weir on"))
                .skip(place)
                .findFirst()
                .orElseThrow()
                .replace(">PASSWORD", ">right");
    }

    private static RedisURI uri(RedisServer server) {
        return RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(server.port())
                .withAuthentication("weir", "right".toCharArray())
                .build();
    }

    private static Outcome charge(RedisStore store, Action action, long version) {
        Charge charge = new Charge(3);
        for (Limit limit : List.of(new BucketLimit(RATES, version), new RollingLimit(RATES, version))) {
            charge.add(new ChargeItem(action, limit, "api", null, Key.EVERYONE, 1));
        }
        if (action == Action.TAKE) {
            charge.add(new ChargeItem(action, new LeaseLimit(100, version), "api", null, Key.EVERYONE, 1));
        }
        store.charge(charge, PATIENCE);
        for (int i = 0; i < charge.size(); i++) {
            if (charge.item(i).lease() != null) {
                charge.item(i).lease().release();
            }
        }
        return charge.outcome();
    }

    @Test
    void rightsOfTheManual_areEnough() throws IOException {
        try (RedisServer server = RedisServer.start();
                Resp admin = server.connect()) {
            admin.command(("ACL SETUSER " + line(0).substring("user ".length())).split(" "));
            try (RedisStore store = RedisStore.builder(TestRedis.CLIENT, uri(server))
                    .namespace("shop")
                    .build()) {
                for (int version = 0; version < 3; version++) {
                    assertThat(charge(store, Action.TAKE, version)).isEqualTo(Outcome.ADMITTED);
                    assertThat(charge(store, Action.SETTLE, version)).isEqualTo(Outcome.ADMITTED);
                    assertThat(store.heartbeat(PATIENCE)).isEqualTo(1);
                }
                for (Limit limit : List.of(new BucketLimit(RATES, 0), new RollingLimit(RATES, 0))) {
                    ChargeItem item = new ChargeItem(Action.LOOK, limit, "api", null, Key.EVERYONE, 1);
                    store.refill(item.plain());
                    store.charge(Charge.of(item), PATIENCE);
                    assertThat(item.available(0)).isEqualTo(20);
                    store.remove(item.plain());
                }
                fill(store.map("profiles"));
                assertNothingWasDenied(admin);
            }
        }
    }

    /** Buckets and logs of many callers, so that parts of a charge lie on both servers and are given back. */
    private static Charge scattered(String of, long cost) {
        Charge charge = new Charge(8);
        for (int i = 0; i < 4; i++) {
            Key key = Key.of(Scope.USER, of + i);
            charge.add(new ChargeItem(Action.TAKE, new BucketLimit(RATES, 0), "api", null, key, cost));
            charge.add(new ChargeItem(Action.TAKE, new RollingLimit(RATES, 0), "api", null, key, cost));
        }
        return charge;
    }

    @Test
    void rightsOfTheManualForACluster_areEnough() throws IOException {
        try (RedisCluster cluster = RedisCluster.start(2)) {
            for (RedisServer server : cluster.servers()) {
                try (Resp admin = server.connect()) {
                    String rights = line(0).substring("user ".length()) + " +cluster|slots +cluster|info +asking";
                    admin.command(("ACL SETUSER " + rights).split(" "));
                }
            }
            RedisURI seed = uri(cluster.servers().get(0));
            RedisClusterClient client = RedisClusterClient.create(seed);
            try (RedisStore store =
                    RedisStore.builder(client, List.of(seed)).namespace("shop").build()) {
                assertThat(store.heartbeat(PATIENCE)).isEqualTo(1);
                Charge admitted = scattered("user", 5);
                store.charge(admitted, PATIENCE);
                assertThat(admitted.outcome()).as("%s", admitted.cause()).isEqualTo(Outcome.ADMITTED);
                store.charge(Charge.of(admitted.item(0).as(Action.SETTLE)), PATIENCE);
                for (int i = 0; i < 3; i++) {
                    Charge refused = scattered("user", 15);
                    store.charge(refused, PATIENCE);
                    assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
                }
                assertThat(store.heartbeat(PATIENCE)).isEqualTo(1);
                await().until(() -> left(store, admitted.item(2)) == 15 && left(store, admitted.item(3)) == 15);
            } finally {
                client.shutdown(0, 1, TimeUnit.SECONDS);
            }
            for (RedisServer server : cluster.servers()) {
                try (Resp admin = server.connect()) {
                    assertNothingWasDenied(admin);
                }
            }
        }
    }

    private static long left(RedisStore store, ChargeItem item) {
        Charge look = Charge.of(item.as(Action.LOOK));
        store.charge(look, PATIENCE);
        return look.item(0).available(0);
    }

    private static void fill(VersionedMap map) {
        for (int i = 0; i <= VersionedMap.MAX_ENTRIES; i++) {
            long life = i == 0 ? 1_000_000 : 0;
            assertThat(map.put("n" + i, "x", life, PATIENCE)).isTrue();
        }
        assertThat(map.put("n1", null, 0, PATIENCE)).isTrue();
        assertThat(map.read(0, PATIENCE)).isNotNull();
    }

    private static void assertNothingWasDenied(Resp admin) throws IOException {
        assertThat(admin.list("ACL", "LOG"))
                .as("but for the name of the client, which it does without")
                .allSatisfy(entry ->
                        assertThat((List<?>) entry).element(7).asString().startsWith("client"));
    }

    @Test
    void rightsOfTheManualForCompareAndSwap_areEnough() throws IOException {
        try (RedisServer server = RedisServer.start();
                Resp admin = server.connect()) {
            admin.command(("ACL SETUSER " + line(1).substring("user ".length())).split(" "));
            RedisStoreBuilder settings =
                    RedisStore.builder(TestRedis.CLIENT, uri(server)).namespace("shop");
            try (CompareAndSwapStore store =
                    new CompareAndSwapStore(settings, Script.SERVER_CLOCK, Exchange.Clock.OF_SERVER)) {
                for (Action action : List.of(Action.TAKE, Action.TAKE, Action.SETTLE, Action.WATCH)) {
                    ChargeItem item = new ChargeItem(action, new BucketLimit(RATES, 0), "api", null, Key.EVERYONE, 1);
                    Charge charge = Charge.of(item);
                    store.charge(charge, PATIENCE);
                    assertThat(charge.outcome()).isEqualTo(Outcome.ADMITTED);
                    assertThat(store.heartbeat(PATIENCE)).isEqualTo(1);
                    if (action == Action.SETTLE) {
                        store.refill(item.plain());
                        store.remove(item.plain());
                    }
                }
                fill(store.map("profiles"));
                assertNothingWasDenied(admin);
            }
        }
    }

    @Test
    void keysOfOthers_cannotBeCharged() throws IOException {
        try (RedisServer server = RedisServer.start();
                Resp admin = server.connect()) {
            admin.command(("ACL SETUSER " + line(0).substring("user ".length())).split(" "));
            try (RedisStore store = RedisStore.builder(TestRedis.CLIENT, uri(server))
                    .namespace("other")
                    .build()) {
                assertThat(charge(store, Action.TAKE, 0)).isEqualTo(Outcome.NOT_SENT);
                assertThat(store.heartbeat(PATIENCE)).isZero();
            }
        }
    }
}

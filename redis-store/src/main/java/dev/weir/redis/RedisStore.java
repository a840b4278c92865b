// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static java.util.Objects.requireNonNull;

import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.SharedMaps;
import dev.weir.store.SharedRateLimitStore;
import dev.weir.store.VersionedMap;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The store that many JVMs share: buckets, rolling logs and leases in Redis.
 *
 * <p>One command decides a charge, whatever it asks: a script reads the items, decides by the time of Redis itself, and takes
 * all or nothing. Buckets have the bytes of Bucket4j, so that its own proxies can look at them and charge them; every key has
 * a time to live. A command goes at most once, on one connection; what is not answered within the deadline has perhaps been
 * taken, which can cost the caller and never gives him more.
 *
 * <pre>{@code
 * RateLimitStore store = RedisStore.builder(client, uri).namespace("shop").build(); // a RedisClient and its RedisURI
 * RateLimiter limiter = RateLimiter.builder(file).store(store).build();
 * }</pre>
 *
 * <p>With {@code store.type: redis} the limiter opens and closes one by itself. Opening never fails because Redis cannot be
 * reached: the limiter goes on by its failure policies, and {@link #heartbeat} connects as soon as it can. Thread-safe.
 *
 * @since 0.1
 */
public final class RedisStore implements SharedRateLimitStore, SharedMaps {

    /** How long Redis keeps a lease whose holder is heard of no more. */
    static final Duration LEASE_LIFE = Duration.ofSeconds(30);

    private static final long PATIENCE_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long WARM_NANOS = Duration.ofMillis(500).toNanos();
    private static final long CLOSE_NANOS = Duration.ofMillis(500).toNanos();
    private static final int TIMEOUTS_TO_RECONNECT = 3;
    private static final byte[] NO_ID = {};
    private static final byte[][] NO_BYTES = {};

    private final Client client;
    private final Link link;
    private final RedisKeys keys;
    private final ItemCodec codec;
    private final Script chargeScript;
    private final Script heartbeatScript;
    private final LeaseBook leases;
    private final Administration administration;
    private final ServerCheck check;
    private final Fitness fitness;
    private final byte[][] heartbeatKeys;
    private final String clock;
    private volatile boolean closed;

    /** Touched by the background thread only. */
    private int timeouts;

    RedisStore(RedisStoreBuilder builder, String clock, Duration leaseLife) {
        this(builder, clock, leaseLife, null);
    }

    /** @param charges what charges do, if it is not a script that decides them, or null */
    RedisStore(RedisStoreBuilder builder, String clock, Duration leaseLife, Fitness.@Nullable Trial charges) {
        this.clock = clock;
        this.client = builder.client();
        this.link = new Link(client.redis(), client.uri(), builder.time());
        this.keys = builder.keys();
        this.codec = new ItemCodec(leaseLife.toMillis());
        this.chargeScript = Script.load("charge.lua", clock);
        this.heartbeatScript = Script.load("heartbeat.lua", clock);
        this.leases = new LeaseBook(link, Script.load("renew.lua", clock), leaseLife.toMillis(), builder.time());
        this.administration = new Administration(link);
        this.check = new ServerCheck(client.uri(), builder.hasSecret());
        // A charge of nothing, so that no request waits for the script and for classes to be loaded.
        this.fitness = charges == null
                ? Fitness.ofScripts(link, (to, nanos) -> to.run(chargeScript, NO_BYTES, NO_BYTES, nanos), check)
                : Fitness.ofSwaps(link, charges, check);
        this.heartbeatKeys = new byte[][] {keys.single("instances"), keys.single("fingerprint")};
        check.settings();
        if (link.connect(PATIENCE_NANOS)) {
            connected();
        }
    }

    /**
     * Begins a store on the threads of a client of the application's. The store makes one connection of its own, and closes
     * only that. It takes over the client's options (TLS, time-outs and the like), but for reconnecting by itself.
     *
     * @param client the client, which stays open
     * @param uri the server, with its credentials; a copy is kept
     * @return a builder
     */
    public static RedisStoreBuilder builder(RedisClient client, RedisURI uri) {
        return new RedisStoreBuilder(Client.beside(requireNonNull(client, "client"), requireNonNull(uri, "uri")));
    }

    /** {@return under which keys it counts} */
    public RedisKeys keys() {
        return keys;
    }

    @Override
    public VersionedMap map(String name) {
        return new RedisMap(link, keys, name, clock);
    }

    private void connected() {
        StatefulRedisConnection<byte[], byte[]> open = link.connection();
        if (open == null) {
            return;
        }
        check.server(open.async());
        fitness.connected();
        fitness.find(WARM_NANOS);
    }

    Link link() {
        return link;
    }

    /** {@return why the server cannot decide anything, or null as far as is known} */
    @Nullable Unanswered obstacle() {
        return fitness.obstacle();
    }

    @Override
    public void check(Limit limit) {
        Exactness.check(limit);
    }

    @Override
    public void charge(Charge charge, long deadlineNanos) {
        Unanswered obstacle = fitness.obstacle();
        if (obstacle != null) {
            charge.fail(Outcome.NOT_SENT, obstacle);
            return;
        }
        int size = charge.size();
        byte[][] names = new byte[size][];
        byte[][] ids = null;
        for (int i = 0; i < size; i++) {
            ChargeItem item = charge.item(i);
            names[i] = keys.of(item);
            if (item.kind() == ItemKind.LEASE) {
                ids = ids == null ? new byte[size][] : ids;
                ids[i] = leaseId(item);
            }
        }
        byte[][] values = {codec.encode(charge, ids)};
        try {
            Outcome outcome = Reply.read(link.run(chargeScript, names, values, deadlineNanos), charge);
            if (outcome == Outcome.ADMITTED && ids != null) {
                handOver(charge, names, ids);
            }
            charge.decide(outcome);
        } catch (Unanswered e) {
            e.writeInto(charge, names);
            if (e.outcome() == Outcome.PERHAPS_SENT && ids != null) {
                giveBack(charge, names, ids);
            }
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            charge.fail(Outcome.PERHAPS_SENT, new IllegalStateException("Redis answered what makes no sense.", e));
        }
    }

    private byte[] leaseId(ChargeItem item) {
        String own = item.leaseId();
        if (own != null) {
            return own.getBytes(StandardCharsets.UTF_8);
        }
        return item.action() == Action.TAKE ? leases.newId() : NO_ID;
    }

    private void handOver(Charge charge, byte[][] names, byte[][] ids) {
        for (int i = 0; i < charge.size(); i++) {
            ChargeItem item = charge.item(i);
            if (ids[i] != null && item.action() == Action.TAKE) {
                boolean named = item.leaseId() != null;
                item.lease(
                        named
                                ? leases.takenByName(item.plain(), names[i], ids[i])
                                : leases.taken(item.plain(), names[i], ids[i]));
            }
        }
    }

    /** What was perhaps taken for a request that goes on without it. An id of the caller's may be held by another of his. */
    private void giveBack(Charge charge, byte[][] names, byte[][] ids) {
        for (int i = 0; i < charge.size(); i++) {
            if (ids[i] != null && ids[i].length > 0 && charge.item(i).leaseId() == null) {
                leases.giveBack(names[i], ids[i]);
            }
        }
    }

    @Override
    public void release(ItemKey key, String leaseId) {
        leases.giveBack(keys.of(key), leaseId.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Makes a bucket or rolling log whole again, buckets by Bucket4j's own proxy.
     *
     * @param key which
     * @throws IllegalStateException if Redis does not answer within a second; it may have been done then
     */
    @Override
    public void refill(ItemKey key) {
        if (closed) {
            return;
        }
        administration.refill(key.kind(), keys.of(key));
    }

    /**
     * Forgets an item, its leases included.
     *
     * @param key which
     * @throws IllegalStateException if Redis does not answer within a second; it may have been done then
     */
    @Override
    public void remove(ItemKey key) {
        if (closed) {
            return;
        }
        byte[] name = keys.of(key);
        administration.remove(name);
        leases.forget(name);
    }

    @Override
    public int heartbeat(long deadlineNanos) {
        if (closed) {
            return 0;
        }
        if (link.connect(deadlineNanos)) {
            connected();
        }
        if (!fitness.find(deadlineNanos)) {
            return 0;
        }
        byte[][] values = {leases.instance(), keys.fingerprint()};
        try {
            long[] found = link.run(heartbeatScript, heartbeatKeys, values, deadlineNanos);
            timeouts = 0;
            check.secrets(found[1] == 1);
            leases.tend(deadlineNanos);
            return (int) found[0];
        } catch (Unanswered e) {
            reconnectIfOfNoUse(e);
            return 0;
        }
    }

    /**
     * A connection on which nothing comes back may be dead without knowing it. One to a replica was to the master once: who
     * is that today, the sentinels or the name of the host tell when it is made anew.
     */
    private void reconnectIfOfNoUse(Unanswered e) {
        if (isReadOnly(e.getCause())) {
            link.drop();
        }
        if (e.outcome() != Outcome.PERHAPS_SENT) {
            timeouts = 0;
        } else if (++timeouts >= TIMEOUTS_TO_RECONNECT) {
            timeouts = 0;
            link.drop();
        }
    }

    /** Before version 7 the error of a script holds that of its command. */
    private static boolean isReadOnly(@Nullable Throwable why) {
        return why != null && String.valueOf(why.getMessage()).contains("READONLY");
    }

    /** Ends its connection, and the client if it is its own, within two seconds whatever Redis does. */
    @Override
    public void close() {
        closed = true;
        Aside.call("weir-redis-close", () -> {
            administration.leave(heartbeatKeys[0], leases.instance());
            link.close(CLOSE_NANOS);
            client.close(CLOSE_NANOS);
            return this;
        });
    }
}

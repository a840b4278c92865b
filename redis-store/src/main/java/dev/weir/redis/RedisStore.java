// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static java.util.Objects.requireNonNull;

import dev.weir.store.Charge;
import dev.weir.store.ItemKey;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.SharedMaps;
import dev.weir.store.SharedRateLimitStore;
import dev.weir.store.VersionedMap;
import dev.weir.time.TimeSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.RedisClusterClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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
    private static final long FINISH_NANOS = Duration.ofMillis(200).toNanos();
    private static final byte[][] NO_BYTES = {};

    private final Client client;
    private final Servers servers;
    private final RedisKeys keys;
    private final Charger charger;
    private final Refunds refunds;
    private final ChargeScripts chargeScripts;
    private final Script heartbeatScript;
    private final LeaseBook leases;
    private final Administration administration;
    private final ServerCheck check;
    private final Rights rights;
    private final Fitness.@Nullable Trial trial;
    private final Map<Link, Fitness> fitness = new ConcurrentHashMap<>();
    private volatile @Nullable Unanswered obstacle;
    private final byte[][] heartbeatKeys;
    private final String clock;
    private final TimeSource time;
    private volatile boolean closed;

    /** As last counted. Touched by the background thread only. */
    private int instances = UNCOUNTED;

    RedisStore(RedisStoreBuilder builder, String clock, Duration leaseLife) {
        this(builder, clock, leaseLife, null);
    }

    /** @param charges what charges do, if it is not a script that decides them, or null */
    RedisStore(RedisStoreBuilder builder, String clock, Duration leaseLife, Fitness.@Nullable Trial charges) {
        this.clock = clock;
        this.time = builder.time();
        this.client = builder.client();
        this.chargeScripts = ChargeScripts.load(clock);
        this.servers = client.servers(chargeScripts);
        this.keys = builder.keys();
        this.heartbeatScript = Script.load("heartbeat.lua", clock);
        this.leases = new LeaseBook(servers, Script.load("renew.lua", clock), leaseLife.toMillis(), builder.time());
        this.administration = new Administration(servers);
        this.refunds = new Refunds(servers, Script.load("refund.lua", clock), builder.time());
        this.charger = new Charger(servers, builder, new ItemCodec(leaseLife.toMillis()), leases, refunds);
        this.check = new ServerCheck(client, builder.hasSecret());
        this.trial = charges;
        this.rights = new Rights(keys, Rights.needed(charges != null, servers.areSeveral()), check);
        this.heartbeatKeys = new byte[][] {keys.single("instances"), keys.single("fingerprint")};
        check.settings();
        servers.tend(PATIENCE_NANOS, this::connected);
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

    /**
     * Begins a store in a cluster on the threads of a client of the application's. It makes one connection of its own to each server,
     * and closes only those. It takes over the client's options but for reconnecting and redirections, which it sees to
     * itself, and asks nothing of replicas.
     *
     * @param client the client, which stays open
     * @param seeds servers of the cluster to ask first for the others, at least one, with the credentials and the TLS that all of them take
     * @return a builder
     * @throws IllegalArgumentException if there is none, or some are encrypted and others not
     */
    public static RedisStoreBuilder builder(RedisClusterClient client, List<RedisURI> seeds) {
        if (seeds.isEmpty()) {
            throw new IllegalArgumentException("seeds must name at least one server of the cluster");
        }
        if (seeds.stream().map(RedisURI::isSsl).distinct().count() > 1) {
            throw new IllegalArgumentException(
                    "seeds must all be encrypted, or none, because the servers that they tell of are reached in the same way");
        }
        return new RedisStoreBuilder(Client.beside(client, client.getOptions(), seeds));
    }

    /** {@return under which keys it counts} */
    public RedisKeys keys() {
        return keys;
    }

    @Override
    public VersionedMap map(String name) {
        return new RedisMap(servers, keys, name, clock);
    }

    private void connected(Link link) {
        RedisAsyncCommands<byte[], byte[]> commands = link.commands();
        if (commands == null) {
            return;
        }
        check.server(commands);
        fitness.computeIfAbsent(link, this::fitness).connected();
        isFit(link, WARM_NANOS);
    }

    private Fitness fitness(Link link) {
        return trial == null
                ? Fitness.ofScripts(link, this::chargeNothing, rights)
                : Fitness.ofSwaps(link, trial, rights);
    }

    /** So no request waits for the scripts, and for classes to be loaded. */
    private void chargeNothing(Link link, long deadlineNanos) throws Unanswered {
        link.run(chargeScripts.alone(), NO_BYTES, NO_BYTES, deadlineNanos);
        link.run(chargeScripts.together(), NO_BYTES, NO_BYTES, deadlineNanos);
    }

    private boolean isFit(Link link, long deadlineNanos) {
        Fitness found = fitness.get(link);
        if (found == null) {
            return true; // there was no connection yet
        }
        boolean fit = found.find(deadlineNanos);
        obstacle = fitness.values().stream()
                .map(Fitness::obstacle)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        return fit;
    }

    /** {@return the way to the one server that it has, if it is no cluster} */
    Link link() {
        return servers.all().get(0);
    }

    /** {@return why a server cannot decide anything, or null as far as is known} */
    @Nullable Unanswered obstacle() {
        return obstacle;
    }

    @Override
    public void check(Limit limit) {
        Exactness.check(limit);
    }

    @Override
    public void charge(Charge charge, long deadlineNanos) {
        Unanswered unfit = obstacle;
        if (unfit != null) {
            charge.fail(Outcome.NOT_SENT, unfit);
        } else {
            charger.charge(charge, deadlineNanos);
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

    /** {@return how many parts of refused charges could not be given back to their callers; only a cluster has such} */
    @Override
    public long lostRefunds() {
        return refunds.lost();
    }

    @Override
    public int heartbeat(long deadlineNanos) {
        if (closed) {
            return 0;
        }
        servers.tend(deadlineNanos, this::connected);
        refunds.tend(); // those whose time is up are lost, whether or not anybody answers
        fitness.keySet().retainAll(servers.all());
        for (Link link : servers.all()) {
            if (!isFit(link, deadlineNanos)) {
                return 0;
            }
        }
        Link main = servers.of(heartbeatKeys[0]);
        Map<Link, CompletableFuture<long[]>> asked = new LinkedHashMap<>();
        for (Link link : servers.all()) {
            asked.put(link, link == main ? sayWeLive(link) : link.ask(chargeScripts.alone(), NO_BYTES, NO_BYTES));
        }
        long start = time.nanoTime();
        boolean anyAnswers = false;
        instances = UNCOUNTED; // unless it is counted here
        for (Map.Entry<Link, CompletableFuture<long[]>> each : asked.entrySet()) {
            long left = Math.max(0, deadlineNanos - (time.nanoTime() - start));
            boolean answers = hear(each.getKey(), each.getValue(), each.getKey() == main, left);
            anyAnswers |= answers && servers.hasKeys(each.getKey()); // a replica takes no charges
        }
        if (!anyAnswers) {
            return 0;
        }
        leases.tend(deadlineNanos);
        return instances;
    }

    private CompletableFuture<long[]> sayWeLive(Link link) {
        return link.ask(heartbeatScript, heartbeatKeys, new byte[][] {leases.instance(), keys.fingerprint()});
    }

    private boolean hear(Link link, CompletableFuture<long[]> asked, boolean isMain, long waitNanos) {
        try {
            long[] found = Link.await(asked, waitNanos);
            link.heard(null);
            if (isMain) {
                instances = (int) found[0];
                check.secrets(found[1] == 1);
            }
            return true;
        } catch (Unanswered e) {
            link.heard(e);
            return false;
        }
    }

    /** Ends its connection, and the client if it is its own, within two seconds whatever Redis does. */
    @Override
    public void close() {
        closed = true;
        Aside.call("weir-redis-close", () -> {
            refunds.finish(FINISH_NANOS);
            administration.leave(heartbeatKeys[0], leases.instance());
            servers.close(CLOSE_NANOS);
            refunds.close();
            client.close(CLOSE_NANOS);
            return this;
        });
    }
}

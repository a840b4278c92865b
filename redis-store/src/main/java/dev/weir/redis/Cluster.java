// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.SlotHash;
import io.netty.util.concurrent.EventExecutorGroup;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The servers of a Redis Cluster, replicas included, each with one connection: so a replica that becomes a master needs none first. Who has which slot
 * is asked with each heartbeat, and learned from redirections at once. Nothing is ever asked of a replica. Thread-safe.
 */
final class Cluster implements Servers, Redirects {

    private static final Logger LOG = System.getLogger("dev.weir.redis");
    private static final int MOST_REDIRECTIONS = 5;
    private static final long TRY_AGAIN_MILLIS = 2;

    private final List<RedisURI> seeds;
    private final BiFunction<RedisURI, Redirects, Link> links;
    private final EventExecutorGroup later;
    private final Map<Topology.Node, Link> nodes = new ConcurrentHashMap<>();
    private final AtomicReferenceArray<@Nullable Link> owners = new AtomicReferenceArray<>(SlotHash.SLOT_COUNT);
    private volatile Set<Link> masters = Set.of();
    private volatile @Nullable Throwable silence; // why a server that is connected has not said who has which slots
    private volatile boolean closed;

    /** How often who has which slots was asked; for the background thread, as the next. */
    private int turn;

    /** Who was gone when last looked. */
    private final Set<Link> gone = ConcurrentHashMap.newKeySet();

    /**
     * @param seeds where to ask first, with all that is to be said to any node of the cluster
     * @param links makes the way to a node
     * @param later what runs tasks a little later
     */
    Cluster(List<RedisURI> seeds, BiFunction<RedisURI, Redirects, Link> links, EventExecutorGroup later) {
        this.seeds = List.copyOf(seeds);
        this.links = links;
        this.later = later;
        addSeeds();
    }

    private void addSeeds() {
        seeds.forEach(seed -> node(new Topology.Node(seed.getHost(), seed.getPort())));
    }

    private Link node(Topology.Node node) {
        return nodes.computeIfAbsent(node, where -> {
            RedisURI uri = RedisURI.builder(seeds.get(0))
                    .withHost(where.host())
                    .withPort(where.port())
                    .build();
            uri.setTimeout(seeds.get(0).getTimeout());
            return links.apply(uri, this);
        });
    }

    @Override
    public int slotOf(byte[] key) {
        return SlotHash.getSlot(key);
    }

    @Override
    public @Nullable Link of(int slot) {
        return owners.get(slot);
    }

    @Override
    public @Nullable Throwable trouble() {
        Throwable why = silence;
        if (!masters.isEmpty()) {
            return null;
        }
        return why != null
                ? why
                : nodes.values().stream()
                        .map(Link::trouble)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null);
    }

    @Override
    public List<Link> all() {
        return List.copyOf(nodes.values());
    }

    @Override
    public boolean hasKeys(Link link) {
        return masters.contains(link);
    }

    @Override
    public boolean areSeveral() {
        return true;
    }

    @Override
    public boolean anyIsThere() {
        return masters.stream().anyMatch(link -> !link.isGone());
    }

    @Override
    public void tend(long waitNanos, Consumer<Link> connected) {
        long each = waitNanos / 2;
        boolean first = masters.isEmpty();
        connect(first ? each : 0, connected);
        if (refresh(each)) {
            connect(first ? each : 0, connected);
        } else {
            addSeeds(); // their names may lead to others by now
        }
        tellOfChanges();
    }

    /** One that does not answer must not keep the others waiting, so only those who have nobody wait for the first. */
    private void connect(long waitNanos, Consumer<Link> connected) {
        nodes.values().forEach(Link::connectSoon);
        for (Link link : nodes.values()) {
            if (link.connect(waitNanos)) {
                connected.accept(link);
            }
        }
    }

    /** What a node says of the cluster, and whether it takes part in it: one that is cut off from the others knows only how it was. */
    private record View(Topology topology, boolean isPart) {}

    /** Asks one after the other until one answers who takes part, each time another one first; answers whether one did. */
    private boolean refresh(long waitNanos) {
        List<Link> inTurn = new ArrayList<>(nodes.values());
        Collections.rotate(inTurn, turn++);
        Topology found = null;
        silence = null;
        for (Link link : inTurn) {
            RedisAsyncCommands<byte[], byte[]> commands = link.isGone() ? null : link.commands();
            View view = commands == null ? null : view(commands, link, waitNanos);
            if (view == null || view.topology.ranges().isEmpty()) {
                continue; // or it has been expelled, or knows nobody yet
            }
            found = found == null || view.isPart ? view.topology : found;
            if (view.isPart) {
                break;
            }
        }
        if (found != null) {
            adopt(found);
        }
        return found != null;
    }

    private @Nullable View view(RedisAsyncCommands<byte[], byte[]> commands, Link link, long waitNanos) {
        try {
            Future<String> info = commands.clusterInfo();
            List<Object> slots = commands.clusterSlots().get(waitNanos, TimeUnit.NANOSECONDS);
            boolean isPart = info.get(waitNanos, TimeUnit.NANOSECONDS).contains("cluster_state:ok");
            return new View(Topology.of(slots, link.uri().getHost()), isPart);
        } catch (TimeoutException | ExecutionException | IllegalArgumentException e) {
            silence = e;
            LOG.log(Level.DEBUG, "Redis at " + place(link) + " did not say who has which slots.", e);
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private void adopt(Topology topology) {
        boolean[] owned = new boolean[SlotHash.SLOT_COUNT];
        Set<Link> found = new HashSet<>();
        for (Topology.Range range : topology.ranges()) {
            Link master = node(range.master());
            found.add(master);
            for (int slot = range.first(); slot <= range.last(); slot++) {
                owners.set(slot, master);
                owned[slot] = true;
            }
        }
        for (int slot = 0; slot < owned.length; slot++) {
            if (!owned[slot]) {
                owners.set(slot, null);
            }
        }
        masters = Set.copyOf(found);
        topology.nodes().forEach(this::node);
        forgetAllBut(topology.nodes());
    }

    private void forgetAllBut(Set<Topology.Node> known) {
        nodes.entrySet().removeIf(entry -> {
            boolean isOld = !known.contains(entry.getKey());
            if (isOld) {
                entry.getValue().close(0);
                gone.remove(entry.getValue());
            }
            return isOld;
        });
    }

    private void tellOfChanges() {
        for (Link master : masters) {
            if (master.isGone() && gone.add(master)) {
                LOG.log(
                        Level.WARNING,
                        "Redis at " + place(master) + " does not answer. What it counts follows the rules'"
                                + " on-failure until it, or a replica in its place, does.",
                        master.trouble());
            } else if (!master.isGone() && gone.remove(master)) {
                LOG.log(Level.INFO, "Redis at " + place(master) + " answers again.");
            }
        }
        gone.retainAll(nodes.values());
    }

    private static String place(Link link) {
        return link.uri().getHost() + ':' + link.uri().getPort();
    }

    @Override
    public boolean follow(List<Asked> together, int slot, String error) {
        boolean moved = error.startsWith("MOVED ");
        boolean again = error.startsWith("TRYAGAIN");
        if (!moved && !again && !error.startsWith("ASK ")) {
            return false;
        }
        List<Asked> stillThere = together.stream()
                .filter(one -> one.isAwaited() && one.redirected() <= MOST_REDIRECTIONS)
                .toList();
        together.stream()
                .filter(one -> !stillThere.contains(one))
                .forEach(one -> one.fail(Unanswered.unsent("Redis sent it from one server to the next: " + error)));
        if (again) {
            Future<?> unused = later.schedule(
                    () -> sendTo(of(slot), stillThere, slot, false), TRY_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        }
        Link target = target(error, slot);
        if (moved && target != null) {
            owners.set(slot, target);
        }
        sendTo(target, stillThere, slot, !moved);
        return true;
    }

    private @Nullable Link target(String error, int slot) {
        Link from = of(slot);
        try {
            return closed
                    ? null
                    : node(Topology.target(error, from == null ? "" : from.uri().getHost()));
        } catch (IllegalArgumentException e) {
            LOG.log(Level.DEBUG, "Redis redirects in a way that makes no sense.", e);
            return null;
        }
    }

    private static void sendTo(@Nullable Link target, List<Asked> together, int slot, boolean asking) {
        if (target == null) {
            Unanswered unsent = Unanswered.unsent("No server of the cluster has these keys.");
            together.forEach(one -> one.fail(unsent));
        } else if (!together.isEmpty()) {
            target.redirected(together, slot, asking);
        }
    }

    @Override
    public void close(long waitNanos) {
        closed = true;
        Waiting.upTo(
                waitNanos,
                CompletableFuture.allOf(nodes.values().stream().map(Link::end).toArray(CompletableFuture[]::new)));
    }
}

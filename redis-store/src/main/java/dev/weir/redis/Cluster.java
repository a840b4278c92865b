// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import io.lettuce.core.RedisURI;
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
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
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
    /** For how many looks a server is kept that nobody has told of but a redirection: slots are moved to it that it does not own yet. */
    private static final int LOOKS_TO_FORGET = 60;

    private final List<RedisURI> seeds;
    private final BiFunction<RedisURI, Redirects, Link> links;
    private final EventExecutorGroup later;
    private final Map<Topology.Node, Link> nodes = new ConcurrentHashMap<>();
    private final AtomicReferenceArray<@Nullable Link> owners = new AtomicReferenceArray<>(SlotHash.SLOT_COUNT);
    private volatile Set<Link> masters = Set.of();
    private volatile @Nullable Throwable silence; // why a server that is connected has not said who has which slots
    private volatile boolean closed;

    /** How often who has which slots was asked. Written by the background thread only. */
    private volatile int turn;

    /** Where redirections have led, and in which turn. */
    private final Map<Topology.Node, Integer> targets = new ConcurrentHashMap<>();

    /** Who was gone when last looked; for the background thread, as is all that tends. */
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

    /** Asks who has which slots, each time others first; answers whether one has answered. */
    private boolean refresh(long waitNanos) {
        List<Link> inTurn = new ArrayList<>(nodes.values());
        int first = turn;
        turn = first + 1;
        Collections.rotate(inTurn, first);
        inTurn.removeIf(Link::isGone);
        silence = null;
        Topology found = Views.ask(inTurn, waitNanos, failure -> silence = failure);
        if (found != null) {
            adopt(found);
        }
        return found != null;
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
        targets.values().removeIf(when -> turn - when > LOOKS_TO_FORGET);
        nodes.entrySet().removeIf(entry -> {
            boolean isOld = !known.contains(entry.getKey()) && !targets.containsKey(entry.getKey());
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
                .forEach(one ->
                        one.fail(Unanswered.turnedAway("Redis sent it from one server to the next: " + error, error)));
        if (again) {
            tryAgain(stillThere, slot, error);
            return true;
        }
        Link target = target(error, slot);
        if (moved && target != null) {
            owners.set(slot, target);
        }
        sendTo(target, stillThere, slot, !moved, error);
        return true;
    }

    /* Design: while a slot moves, a server takes only commands whose keys are all there or all gone. Charges that came together are sent
     * alone, as one key has one place. A mark has none yet, so the charge goes without it, and what it takes cannot be given back. Who
     * has several keys of his own waits for them to come together again. */
    private void tryAgain(List<Asked> together, int slot, String error) {
        List<Asked> waiting = new ArrayList<>();
        for (Asked one : together) {
            if (together.size() > 1 || one.leaveMark()) {
                sendTo(of(slot), List.of(one), slot, false, error);
            } else {
                waiting.add(one);
            }
        }
        if (!waiting.isEmpty()) {
            Future<?> unused = later.schedule(
                    () -> sendTo(of(slot), waiting, slot, false, error), TRY_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private @Nullable Link target(String error, int slot) {
        Link from = of(slot);
        try {
            Topology.Node node =
                    Topology.target(error, from == null ? "" : from.uri().getHost());
            targets.put(node, turn);
            return closed ? null : node(node);
        } catch (IllegalArgumentException e) {
            LOG.log(Level.DEBUG, "Redis redirects in a way that makes no sense.", e);
            return null;
        }
    }

    private static void sendTo(@Nullable Link target, List<Asked> together, int slot, boolean asking, String error) {
        if (target == null || !target.redirected(together, slot, asking)) {
            Unanswered unsent =
                    Unanswered.turnedAway("Redis sends it to a server that is not reached yet: " + error, error);
            together.forEach(one -> one.fail(unsent));
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

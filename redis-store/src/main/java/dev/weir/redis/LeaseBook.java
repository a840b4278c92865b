// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static java.util.Objects.requireNonNull;

import dev.weir.store.ItemKey;
import dev.weir.time.TimeSource;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The leases that this JVM holds: renewed at a third of their life, given back at once. What cannot be given back because
 * Redis does not answer is tried again, and ends by itself when its life is over. Thread-safe.
 */
final class LeaseBook {

    private static final int BATCH = 100;
    private static final int MOST_WAITING = 10_000;
    private static final byte MEMBER = 'l';

    private final Servers servers;
    private final Script renew;
    private final TimeSource time;
    private final long lifeMillis;
    private final String instance;
    private final AtomicLong made = new AtomicLong();
    private final Set<RedisLease> held = ConcurrentHashMap.newKeySet();
    private final Map<String, RedisLease> named = new ConcurrentHashMap<>();
    private final Queue<byte[][]> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waitingCount = new AtomicInteger();

    LeaseBook(Servers servers, Script renew, long lifeMillis, TimeSource time) {
        this.servers = servers;
        this.renew = renew;
        this.lifeMillis = lifeMillis;
        this.time = time;
        byte[] random = new byte[12];
        new SecureRandom().nextBytes(random);
        this.instance = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    /** {@return the name of this JVM among those that share the store} */
    byte[] instance() {
        return instance.getBytes(StandardCharsets.US_ASCII);
    }

    /** {@return an id that no other lease has} */
    byte[] newId() {
        return (instance + ':' + Long.toString(made.incrementAndGet(), Character.MAX_RADIX))
                .getBytes(StandardCharsets.US_ASCII);
    }

    RedisLease taken(ItemKey key, byte[] set, byte[] id) {
        RedisLease lease = new RedisLease(this, key, set, member(id), null, time.nanoTime());
        held.add(lease);
        return lease;
    }

    /* Design: a lease with an id of the caller's is one, however often this JVM takes it. If each taking were held by itself,
     * what is left after the first release would go on being renewed, and keep alive what another JVM has taken since. */
    RedisLease takenByName(ItemKey key, byte[] set, byte[] id) {
        byte[] member = member(id);
        String name = RedisLease.name(set, member);
        RedisLease lease = new RedisLease(this, key, set, member, name, time.nanoTime());
        return requireNonNull(named.compute(name, (unused, before) -> {
            if (before != null && held.contains(before)) {
                before.renewed(time.nanoTime());
                return before;
            }
            held.add(lease);
            return lease;
        }));
    }

    private static byte[] member(byte[] id) {
        byte[] member = new byte[id.length + 1];
        member[0] = MEMBER;
        System.arraycopy(id, 0, member, 1, id.length);
        return member;
    }

    /** Forgets the leases of a set that is removed. */
    void forget(byte[] set) {
        for (RedisLease lease : held) {
            if (Arrays.equals(lease.set(), set)) {
                lease.forget();
                drop(lease);
            }
        }
    }

    private void drop(RedisLease lease) {
        held.remove(lease);
        String name = lease.name();
        if (name != null) {
            named.remove(name, lease);
        }
    }

    void giveBack(RedisLease lease) {
        drop(lease);
        send(lease.set(), lease.member());
    }

    /** Gives back what this or another JVM has taken under this id. */
    void giveBack(byte[] set, byte[] id) {
        byte[] member = member(id);
        RedisLease own = named.get(RedisLease.name(set, member));
        if (own != null) {
            own.forget();
            drop(own);
        }
        send(set, member);
    }

    /** Giving back twice does no harm, unless it was taken in between, so what may have been lost is sent again. */
    private void send(byte[] set, byte[] member) {
        Link link = servers.of(set);
        RedisAsyncCommands<byte[], byte[]> commands = link == null ? null : link.commands();
        if (commands == null) {
            later(set, member);
            return;
        }
        try {
            commands.zrem(set, member).whenComplete((count, failure) -> {
                if (failure != null) {
                    later(set, member);
                }
            });
        } catch (RuntimeException e) {
            later(set, member);
        }
    }

    private void later(byte[] set, byte[] member) {
        if (waitingCount.incrementAndGet() > MOST_WAITING) {
            waitingCount.decrementAndGet();
            return; // its life ends it
        }
        waiting.add(new byte[][] {set, member});
    }

    /** Sends what waits, and renews what is due. For the background thread, when Redis has just answered. */
    void tend(long deadlineNanos) {
        for (int left = waitingCount.get(); left > 0; left--) {
            byte[][] one = waiting.poll();
            if (one == null) {
                break;
            }
            waitingCount.decrementAndGet();
            if (!named.containsKey(RedisLease.name(one[0], one[1]))) { // or it has been taken anew since
                send(one[0], one[1]);
            }
        }
        long now = time.nanoTime();
        long age = TimeUnit.MILLISECONDS.toNanos(lifeMillis / 3);
        Map<Integer, List<RedisLease>> due = new HashMap<>();
        for (RedisLease lease : held) {
            if (lease.isDue(now, age)) {
                due.computeIfAbsent(servers.slotOf(lease.set()), slot -> new ArrayList<>())
                        .add(lease);
            }
        }
        List<Renewal> renewals = new ArrayList<>();
        due.forEach((slot, leases) -> {
            for (int from = 0; from < leases.size(); from += BATCH) {
                List<RedisLease> some = leases.subList(from, Math.min(leases.size(), from + BATCH));
                renewals.add(new Renewal(some, renew(slot, some)));
            }
        });
        for (Renewal renewal : renewals) {
            renewed(renewal, now, Math.max(0, deadlineNanos - (time.nanoTime() - now)));
        }
    }

    /** Leases of one slot, and what Redis says of each. */
    private record Renewal(List<RedisLease> leases, CompletableFuture<long[]> found) {}

    private CompletableFuture<long[]> renew(int slot, List<RedisLease> due) {
        Link link = servers.of(slot);
        if (link == null) {
            return CompletableFuture.failedFuture(Unanswered.unsent("No server of the cluster has these keys."));
        }
        byte[][] sets = new byte[due.size()][];
        byte[][] values = new byte[due.size() + 1][];
        values[0] = Long.toString(lifeMillis).getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < sets.length; i++) {
            sets[i] = due.get(i).set();
            values[i + 1] = due.get(i).member();
        }
        return link.ask(renew, sets, values);
    }

    private void renewed(Renewal renewal, long now, long waitNanos) {
        try {
            long[] found = Link.await(renewal.found, waitNanos);
            for (int i = 0; i < found.length; i++) {
                renewal.leases.get(i).renewed(now);
                if (found[i] == 0) {
                    drop(renewal.leases.get(i)); // given back by another JVM, or lost with its set
                }
            }
        } catch (Unanswered e) {
            // They are due again at the next beat.
        }
    }

    /** {@return how many leases this JVM holds} */
    int held() {
        return held.size();
    }
}

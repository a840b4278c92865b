// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static java.util.Objects.requireNonNull;

import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKind;
import dev.weir.store.Outcome;
import dev.weir.time.TimeSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Charges: by one command where all items live together, else by one for each slot, all at the same moment. Thread-safe.
 *
 * <p>Where items are in several slots, each part decides by itself. If one refuses, what the others have taken is given back;
 * until that arrives it is missing to whoever that part counts. A part whose server does not answer is left undecided: the rules'
 * failure policies decide about it, and the other parts hold.
 */
final class Charger {

    private static final byte[] NO_ID = {};

    private final Servers servers;
    private final RedisKeys keys;
    private final ItemCodec codec;
    private final LeaseBook leases;
    private final Refunds refunds;
    private final TimeSource time;

    Charger(Servers servers, RedisStoreBuilder settings, ItemCodec codec, LeaseBook leases, Refunds refunds) {
        this.servers = servers;
        this.keys = settings.keys();
        this.codec = codec;
        this.leases = leases;
        this.refunds = refunds;
        this.time = settings.time();
    }

    void charge(Charge charge, long deadlineNanos) {
        int size = charge.size();
        byte[][] names = new byte[size][];
        byte[][] ids = null;
        int slot = 0;
        boolean together = true;
        for (int i = 0; i < size; i++) {
            ChargeItem item = charge.item(i);
            names[i] = keys.of(item);
            if (item.kind() == ItemKind.LEASE) {
                ids = ids == null ? new byte[size][] : ids;
                ids[i] = leaseId(item);
            }
            int own = servers.slotOf(names[i]);
            together &= i == 0 || own == slot;
            slot = own;
        }
        if (together) {
            whole(new Part(slot, charge, names, ids), deadlineNanos);
        } else {
            inParts(charge, split(charge, names, ids), deadlineNanos);
        }
    }

    private byte[] leaseId(ChargeItem item) {
        String own = item.leaseId();
        if (own != null) {
            return own.getBytes(StandardCharsets.UTF_8);
        }
        return item.action() == Action.TAKE ? leases.newId() : NO_ID;
    }

    private void whole(Part part, long deadlineNanos) {
        part.send(servers, codec, null);
        part.read(deadlineNanos);
        Unanswered failure = part.failure();
        if (failure != null) {
            fail(part.charge(), List.of(part), failure);
        } else if (part.charge().outcome() == Outcome.ADMITTED) {
            part.handOver(leases);
        }
    }

    private Collection<Part> split(Charge charge, byte[][] names, byte @Nullable [] @Nullable [] ids) {
        Map<Integer, List<Integer>> bySlot = new TreeMap<>();
        for (int i = 0; i < names.length; i++) {
            bySlot.computeIfAbsent(servers.slotOf(names[i]), unused -> new ArrayList<>())
                    .add(i);
        }
        List<Part> parts = new ArrayList<>(bySlot.size());
        bySlot.forEach((slot, places) -> {
            Charge own = new Charge(places.size());
            places.forEach(i -> own.add(charge.item(i)));
            byte[][] ownNames = places.stream().map(i -> names[i]).toArray(byte[][]::new);
            byte[][] ownIds =
                    ids == null ? null : places.stream().map(i -> ids[i]).toArray(byte[][]::new);
            parts.add(new Part(slot, own, ownNames, ownIds));
        });
        return parts;
    }

    private void inParts(Charge charge, Collection<Part> parts, long deadlineNanos) {
        long start = time.nanoTime();
        String mark = "refund:" + new String(leases.newId(), StandardCharsets.US_ASCII);
        for (Part part : parts) {
            part.send(servers, codec, part.canBeGivenBack() ? markOf(part, mark) : null);
        }
        for (Part part : parts) {
            part.read(Math.max(0, deadlineNanos - (time.nanoTime() - start)));
        }
        List<Part> lost = parts.stream().filter(part -> part.failure() != null).toList();
        if (lost.size() == parts.size()) {
            fail(charge, parts, requireNonNull(lost.get(0).failure()));
            return;
        }
        lost.forEach(Part::leaveUndecided);
        Outcome outcome = charge.outcomeOfVerdicts();
        if (outcome != Outcome.ADMITTED) {
            giveBack(parts, mark);
            charge.decide(outcome);
            return;
        }
        List<Part> held = parts.stream().filter(part -> part.failure() == null).toList();
        held.forEach(part -> part.handOver(leases));
        if (lost.isEmpty()) {
            charge.decide(Outcome.ADMITTED);
        } else {
            giveBack(lost, mark);
            lost.stream().filter(Part::mayHaveTaken).forEach(part -> part.giveLeasesBack(leases));
            charge.decidePartly(
                    () -> {
                        giveBack(held, mark);
                        held.forEach(part -> part.giveLeasesBack(leases));
                    },
                    cause(lost.get(0)));
        }
    }

    private static Throwable cause(Part lost) {
        Unanswered failure = requireNonNull(lost.failure());
        return failure.isAlone() ? failure.naming(lost.keys()) : failure;
    }

    private byte[] markOf(Part part, String mark) {
        return keys.beside(part.keys()[0], mark);
    }

    private void giveBack(Collection<Part> parts, String mark) {
        for (Part part : parts) {
            if (part.mayHaveTaken()) {
                part.giveBack(refunds, codec, markOf(part, mark));
            }
        }
    }

    private void fail(Charge charge, Collection<Part> parts, Unanswered why) {
        boolean perhaps = parts.stream().anyMatch(Part::mayHaveTaken);
        Outcome how = perhaps ? Outcome.PERHAPS_SENT : Outcome.NOT_SENT;
        if (perhaps) {
            parts.stream().filter(Part::mayHaveTaken).forEach(part -> part.giveLeasesBack(leases));
        }
        if (why.isAlone()) {
            why.writeInto(
                    charge,
                    parts.stream().flatMap(part -> Arrays.stream(part.keys())).toArray(byte[][]::new));
        } else if (servers.areSeveral() && servers.anyIsThere()) {
            charge.failAside(how, why);
        } else {
            charge.fail(how, why);
        }
    }
}

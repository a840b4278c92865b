// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static java.util.Objects.requireNonNull;

import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Outcome;
import dev.weir.store.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Those items of a charge that live in one slot, mostly all, and what became of them. Not thread-safe. */
final class Part {

    private final int slot;
    private final Charge charge;
    private final byte[][] keys;
    private final byte @Nullable [] @Nullable [] ids;
    private @Nullable Link link;
    private @Nullable Asked asked;
    private @Nullable Unanswered failure;

    /**
     * @param charge the items, by themselves
     * @param keys where they are in Redis, in their order
     * @param ids the ids that leases are to have, each null where its item is none; null if there are none
     */
    Part(int slot, Charge charge, byte[][] keys, byte @Nullable [] @Nullable [] ids) {
        this.slot = slot;
        this.charge = charge;
        this.keys = keys;
        this.ids = ids;
    }

    Charge charge() {
        return charge;
    }

    byte[][] keys() {
        return keys;
    }

    /** Whether something is taken by it that can be given back: an id of the caller's may have been held before. */
    boolean canBeGivenBack() {
        for (int i = 0; i < charge.size(); i++) {
            if (canBeGivenBack(i)) {
                return true;
            }
        }
        return false;
    }

    private boolean canBeGivenBack(int index) {
        ChargeItem item = charge.item(index);
        return item.action() == Action.TAKE && item.leaseId() == null;
    }

    /**
     * Sends it, unless it is known that nobody would answer.
     *
     * @param mark the key by which it can be given back, or null if it need not be
     */
    void send(Servers servers, ItemCodec codec, byte @Nullable [] mark) {
        link = servers.of(slot);
        if (link == null) {
            Throwable why = servers.trouble();
            failure = why == null
                    ? Unanswered.unsent("No server of the cluster has these keys.")
                    : new Unanswered(Outcome.NOT_SENT, "No server of the cluster has said who has which keys.", why);
            return;
        }
        if (servers.areSeveral() && link.isGone()) {
            failure = new Unanswered(
                    Outcome.NOT_SENT, "The server of the cluster that has these keys does not answer.", link.trouble());
            return;
        }
        asked = mark == null
                ? new Asked(keys, codec.encode(charge, ids))
                : new Asked(
                        and(keys, mark),
                        codec.encodeMarked(charge, ids, Refunds.LIFE.toMillis()),
                        ItemCodec.MARK_BYTES);
        try {
            link.send(asked, slot);
        } catch (Unanswered e) {
            failure = e;
        }
    }

    private static byte[][] and(byte[][] keys, byte[] last) {
        byte[][] all = new byte[keys.length + 1][];
        System.arraycopy(keys, 0, all, 0, keys.length);
        all[keys.length] = last;
        return all;
    }

    /** Waits for the answer and reads it into the items. Then either their charge is decided or there is a {@link #failure}. */
    void read(long waitNanos) {
        if (failure != null) {
            return;
        }
        Link to = requireNonNull(link);
        try {
            charge.decide(Reply.read(requireNonNull(asked).await(waitNanos), charge));
            to.answered();
        } catch (Unanswered e) {
            failure = e;
            to.failed(e);
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            failure = new Unanswered(Outcome.PERHAPS_SENT, "Redis answered what makes no sense.", e);
        }
    }

    /** {@return why it is not decided, or null if it is} */
    @Nullable Unanswered failure() {
        return failure;
    }

    /** Says of each item that nobody knows. */
    void leaveUndecided() {
        for (int i = 0; i < charge.size(); i++) {
            charge.item(i).verdict(Verdict.UNDECIDED);
        }
    }

    /** {@return whether it has taken what it asked for, or perhaps has} */
    boolean mayHaveTaken() {
        return failure == null ? charge.outcome() == Outcome.ADMITTED : failure.outcome() == Outcome.PERHAPS_SENT;
    }

    void handOver(LeaseBook leases) {
        for (int i = 0; ids != null && i < charge.size(); i++) {
            ChargeItem item = charge.item(i);
            byte[] id = ids[i];
            if (id != null && item.action() == Action.TAKE) {
                boolean named = item.leaseId() != null;
                item.lease(
                        named
                                ? leases.takenByName(item.plain(), keys[i], id)
                                : leases.taken(item.plain(), keys[i], id));
            }
        }
    }

    /** Those that were perhaps taken for a request that goes on without them. */
    void giveLeasesBack(LeaseBook leases) {
        for (int i = 0; ids != null && i < charge.size(); i++) {
            byte[] id = ids[i];
            if (id != null && canBeGivenBack(i)) {
                leases.giveBack(keys[i], id);
            }
        }
    }

    /** Gives back all that can be, and shows it as if it had not been taken. */
    void giveBack(Refunds refunds, ItemCodec codec, byte[] mark) {
        List<ChargeItem> taken = new ArrayList<>();
        List<byte[]> takenKeys = new ArrayList<>();
        List<byte @Nullable []> takenIds = new ArrayList<>();
        for (int i = 0; i < charge.size(); i++) {
            if (canBeGivenBack(i)) {
                taken.add(charge.item(i));
                takenKeys.add(keys[i]);
                takenIds.add(ids == null ? null : ids[i]);
            }
        }
        if (!taken.isEmpty()) {
            takenKeys.add(mark);
            Charge all = Charge.of(taken.toArray(new ChargeItem[0]));
            byte[] items = codec.encodeRefund(all, takenIds.toArray(new byte[0][]));
            refunds.give(takenKeys.toArray(new byte[0][]), items, failure == null);
            if (failure == null) {
                taken.forEach(Part::showAsGivenBack);
            }
        }
    }

    private static void showAsGivenBack(ChargeItem item) {
        for (int rate = 0; rate < item.inForce().size(); rate++) {
            long capacity = item.inForce().capacity(rate);
            long left = Math.min(capacity, item.available(rate) + item.cost());
            item.report(rate, left, 0, left == capacity ? 0 : item.resetNanos(rate));
        }
    }
}

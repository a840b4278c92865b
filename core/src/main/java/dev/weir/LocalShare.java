// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static java.util.Objects.requireNonNull;

import dev.weir.plan.FailurePolicy;
import dev.weir.plan.Rule;
import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemTemplate;
import dev.weir.store.Limit;
import dev.weir.store.RateLimitStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

/**
 * The memory in which this instance goes on while the shared store does not answer, each limit being its share of the
 * whole. What it holds lives on between outages, so that a store that comes and goes gives out no more. Thread-safe.
 */
final class LocalShare implements AutoCloseable {

    private static final int MAX_TEMPLATES = 10_000;
    private static final int SERIAL_BITS = 40;

    /** The shares that were made for one number of instances, by what is tied to the whole limit. */
    private static final class Shares {
        private final int instances;
        private final long firstVersion;
        private final AtomicLong serial = new AtomicLong();
        private final Map<ItemTag, ItemTemplate> templates = new ConcurrentHashMap<>();

        Shares(int instances, long generation) {
            this.instances = instances;
            this.firstVersion = generation << SERIAL_BITS;
        }
    }

    private final RateLimitStore memory;
    private final IntSupplier instances;
    private volatile Shares shares;

    LocalShare(RateLimitStore memory, IntSupplier instances) {
        this.memory = memory;
        this.instances = instances;
        this.shares = new Shares(instances.getAsInt(), 0);
    }

    RateLimitStore memory() {
        return memory;
    }

    /** The items of a charge that go on here, which may be none: those of rules that are {@code local}. */
    Charge shareOf(Charge undecided) {
        Charge here = new Charge(undecided.size());
        Shares now = shares();
        for (int i = 0; i < undecided.size(); i++) {
            ChargeItem item = undecided.item(i);
            Rule rule = ItemTag.ruleOf(item);
            if (rule != null && rule.onFailure() == FailurePolicy.LOCAL) {
                here.add(share(now, item));
            }
        }
        return here;
    }

    private Shares shares() {
        Shares now = shares;
        int number = instances.getAsInt();
        if (now.instances == number) {
            return now;
        }
        synchronized (this) {
            if (shares.instances != number) {
                shares = new Shares(number, (shares.firstVersion >> SERIAL_BITS) + 1);
            }
            return shares;
        }
    }

    private static ChargeItem share(Shares now, ChargeItem item) {
        ItemTag tag = ItemTag.of(item);
        long cost = couldPass(item) ? item.cost() : 1;
        ItemTemplate known = now.templates.get(tag);
        ItemTemplate template = known != null && known.cost() >= cost ? known : make(now, tag, item, cost);
        ItemTemplate wanted = template.as(item.action()).costing(item.cost());
        String leaseId = item.leaseId();
        return leaseId == null
                ? wanted.item(item.within(), item.per())
                : wanted.namedItem(item.within(), item.per(), leaseId);
    }

    /** A request that costs more than the whole limit holds can never pass, so it is not given room here either. */
    private static boolean couldPass(ChargeItem item) {
        for (int rate = 0; rate < item.limit().size(); rate++) {
            if (item.cost() > item.limit().capacity(rate)) {
                return false;
            }
        }
        return true;
    }

    /* Design: a bucket follows the highest version that it has met, so each share that is made has a higher one than those
     * before: when the number of instances has changed, when a profile has, and when a request costs more than any before
     * it, for which the bucket must grow. Where all templates are forgotten because they are too many, the next are equal
     * to them but for their version. */
    private static ItemTemplate make(Shares now, ItemTag tag, ChargeItem item, long cost) {
        if (now.templates.size() >= MAX_TEMPLATES) {
            now.templates.clear();
        }
        ItemTemplate made = now.templates.compute(tag, (unused, before) -> {
            if (before != null && before.cost() >= cost) {
                return before;
            }
            long version = now.firstVersion + now.serial.incrementAndGet();
            Limit share = ShareLimits.of(item.limit(), now.instances, cost, version);
            return new ItemTemplate(Action.TAKE, share, item.rule(), cost).tagged(tag.ofShare(share));
        });
        return requireNonNull(made);
    }

    /** How many shares are remembered. For tests. */
    int templates() {
        return shares.templates.size();
    }

    @Override
    public void close() {
        memory.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.plan.Rule;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemTemplate;
import dev.weir.store.Limit;
import dev.weir.store.Rate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalShareTest {

    private static final Key FRED = Key.of(Scope.USER, "fred");

    private final int[] instances = {3};
    private final LocalShare local = new LocalShare(new FakeStore(), () -> instances[0]);
    private final ItemTemplate whole = template("api", 20);

    private static ItemTemplate template(String rule, long amount) {
        Limit limit =
                new BucketLimit(List.of(new Rate(amount, Duration.ofMinutes(1).toNanos(), amount)), 1L << 40);
        Rule asking = Rule.named(rule).rate("requests").build();
        return new ItemTemplate(Action.TAKE, limit, rule, 1).tagged(new ItemTag(asking, limit, 0));
    }

    private ChargeItem share(ItemTemplate template) {
        return local.shareOf(Charge.of(template.item(null, FRED))).item(0);
    }

    @Test
    void share_hasTheSameKeyActionAndCost() {
        ChargeItem item = share(whole.costing(2).as(Action.WATCH));
        assertThat(item).isEqualTo(whole.item(null, FRED));
        assertThat(item.action()).isEqualTo(Action.WATCH);
        assertThat(item.cost()).isEqualTo(2);
        assertThat(item.limit().capacity(0)).isEqualTo(6);
        assertThat(ItemTag.ruleOf(item)).isSameAs(ItemTag.ruleOf(whole.item(null, FRED)));
        assertThat(ItemTag.textOf(item, 0, 1).capacity()).isEqualTo("6");
        assertThat(ItemTag.textOf(item, 0, 1).policy()).isEqualTo("\"api\";q=20;w=180;weir-burst=6");
    }

    @Test
    void template_isMadeOnce() {
        ItemTemplate first = share(whole).template();
        assertThat(share(whole).template()).isSameAs(first);
        assertThat(share(whole.as(Action.LOOK)).limit()).isSameAs(first.limit());
        assertThat(local.templates()).isEqualTo(1);
    }

    @Test
    void otherNumberOfInstances_isANewerLimit() {
        Limit ofThree = share(whole).limit();
        instances[0] = 7;
        Limit ofSeven = share(whole).limit();
        assertThat(ofSeven.capacity(0)).isEqualTo(2);
        assertThat(ofSeven.version()).isGreaterThan(ofThree.version());
        instances[0] = 3;
        Limit again = share(whole).limit();
        assertThat(again.capacity(0)).isEqualTo(6);
        assertThat(again.version()).isGreaterThan(ofSeven.version());
    }

    @Test
    void requestThatCostsMoreThanTheShare_makesItGrow() {
        Limit small = share(whole).limit();
        Limit large = share(whole.costing(15)).limit();
        assertThat(large.capacity(0)).isEqualTo(15);
        assertThat(large.version()).isGreaterThan(small.version());
        assertThat(share(whole).limit()).as("one bucket, one limit").isSameAs(large);
    }

    @Test
    void requestThatCostsMoreThanTheWhole_hasNoRoomHereEither() {
        ChargeItem item = share(whole.costing(21));
        assertThat(item.cost()).isEqualTo(21);
        assertThat(item.limit().capacity(0)).isEqualTo(6);
    }

    @Test
    void templatesWithoutEnd_areForgotten() {
        Limit first = share(whole).limit();
        for (int i = 0; i < 25_000; i++) {
            share(template("api", 30));
        }
        assertThat(local.templates()).isBetween(1, 10_000);
        assertThat(share(whole).limit().version()).isGreaterThan(first.version());
    }
}

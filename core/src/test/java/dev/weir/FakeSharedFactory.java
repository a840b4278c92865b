// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.guard.FakeShared;
import dev.weir.store.RateLimitStore;
import dev.weir.store.RateLimitStoreFactory;
import dev.weir.store.StoreSettings;
import dev.weir.time.TimeSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Opens shared stores that count nothing where a configuration says {@code redis}, and remembers them. */
public final class FakeSharedFactory implements RateLimitStoreFactory {

    static final List<FakeShared> OPENED = new CopyOnWriteArrayList<>();

    @Override
    public String type() {
        return "redis";
    }

    @Override
    public RateLimitStore open(StoreSettings settings, TimeSource time) {
        FakeShared opened = new FakeShared();
        OPENED.add(opened);
        return opened;
    }
}

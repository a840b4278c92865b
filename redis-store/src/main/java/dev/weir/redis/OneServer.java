// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A server that has all keys, be it the master that sentinels name. Thread-safe. */
record OneServer(Link link) implements Servers {

    @Override
    public int slotOf(byte[] key) {
        return 0;
    }

    @Override
    public Link of(int slot) {
        return link;
    }

    @Override
    public @Nullable Throwable trouble() {
        return null;
    }

    @Override
    public List<Link> all() {
        return List.of(link);
    }

    @Override
    public boolean hasKeys(Link of) {
        return true;
    }

    @Override
    public boolean areSeveral() {
        return false;
    }

    @Override
    public boolean anyIsThere() {
        return link.connection() != null;
    }

    @Override
    public void tend(long waitNanos, Consumer<Link> connected) {
        if (link.connect(waitNanos)) {
            connected.accept(link);
        }
    }

    @Override
    public void close(long waitNanos) {
        link.close(waitNanos);
    }
}

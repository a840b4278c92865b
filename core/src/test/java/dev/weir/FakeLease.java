// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.store.ItemKey;
import dev.weir.store.Lease;
import java.util.function.Consumer;

/** A lease that tells a test when it is given back. */
record FakeLease(ItemKey key, Consumer<ItemKey> released) implements Lease {

    @Override
    public void release() {
        released.accept(key);
    }
}

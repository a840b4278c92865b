// SPDX-License-Identifier: Apache-2.0
import dev.weir.memory.MemoryStoreFactory;
import dev.weir.store.RateLimitStoreFactory;
import org.jspecify.annotations.NullMarked;

/** The store inside one JVM. */
@NullMarked
module dev.weir.memory {
    requires transitive dev.weir;
    requires static transitive org.jspecify;

    exports dev.weir.memory;

    provides RateLimitStoreFactory with
            MemoryStoreFactory;
}

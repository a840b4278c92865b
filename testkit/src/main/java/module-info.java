// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/** A clock to move by hand, the store contract, and assertions for your own tests. */
@NullMarked
module dev.weir.testkit {
    requires transitive dev.weir;
    requires transitive org.junit.jupiter.api;
    requires static transitive org.jspecify;

    exports dev.weir.testkit;
}

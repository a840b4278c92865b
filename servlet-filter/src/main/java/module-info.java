// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/** From a Jakarta request to a decision to a response. */
@NullMarked
module dev.weir.servlet {
    requires transitive dev.weir;
    requires transitive jakarta.servlet;
    requires static transitive org.jspecify;

    exports dev.weir.servlet;
}

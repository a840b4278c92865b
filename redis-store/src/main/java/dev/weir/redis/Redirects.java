// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import java.util.List;

/** Sends charges on to where a server has said that they belong. Thread-safe; called on threads of Lettuce's. */
@FunctionalInterface
interface Redirects {

    /** For a server that stands alone. */
    Redirects NONE = (together, slot, error) -> false;

    /**
     * Sends charges on.
     *
     * @param together charges that the server has refused, and so has not carried out
     * @param slot the slot of their keys
     * @param error what it has said
     * @return whether that was a redirection, so that others see to the charges
     */
    boolean follow(List<Asked> together, int slot, String error);
}

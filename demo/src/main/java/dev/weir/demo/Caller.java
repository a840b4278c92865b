// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import dev.weir.identity.Identity;
import java.util.List;
import java.util.Optional;

/**
 * Somebody who may call the demo. Immutable.
 *
 * @param name what follows {@code Bearer} in his requests
 * @param tenant the tenant that he belongs to, empty if to none
 */
record Caller(String name, Optional<String> tenant) {

    /** All who are known, in the order of the page. */
    static final List<Caller> ALL = List.of(
            new Caller("alice", Optional.of("acme")),
            new Caller("bob", Optional.of("acme")),
            new Caller("gina", Optional.of("globex")),
            new Caller("gus", Optional.of("globex")),
            new Caller("fred", Optional.empty()),
            new Caller("eve", Optional.empty()),
            new Caller("mallory", Optional.empty()),
            new Caller("platform", Optional.empty()));

    /** {@return whether he may act for others} */
    boolean isTrusted() {
        return name.equals("platform");
    }

    /** {@return what Weir knows of him, wherever he calls from} */
    Identity identity() {
        return Identity.of(tenant.orElse(null), name);
    }

    /** {@return the caller of this name, empty if there is none} */
    static Optional<Caller> named(String name) {
        return ALL.stream().filter(caller -> caller.name().equals(name)).findFirst();
    }

    /** {@return what Weir knows of him when he calls from an address} */
    Identity identity(String address) {
        return Identity.of(tenant.orElse(null), name, address);
    }
}

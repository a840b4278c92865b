// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The servers on which the keys of a store live: one, or those of a cluster. Thread-safe. */
interface Servers {

    /** {@return the number of the part of all keys to which a key belongs; keys of one part live together} */
    int slotOf(byte[] key);

    /** {@return the way to the server of a slot, or null if it is known that none has it} */
    @Nullable Link of(int slot);

    /** {@return the way to the server of a key, or null if it is known that none has it} */
    default @Nullable Link of(byte[] key) {
        return of(slotOf(key));
    }

    /** {@return why it is not known who has which keys, as far as that is known; null if it is known} */
    @Nullable Throwable trouble();

    /** {@return all that are to be asked for a sign of life} */
    List<Link> all();

    /** {@return whether a server has keys, and is no replica of one that has} */
    boolean hasKeys(Link link);

    /** {@return whether some servers may be gone while others are not} */
    boolean areSeveral();

    /** {@return whether charges reach at least one server} */
    boolean anyIsThere();

    /**
     * Connects where there is no connection, and finds out who has which keys. For the background thread.
     *
     * @param waitNanos how long it may take
     * @param connected told of each connection that is new
     */
    void tend(long waitNanos, Consumer<Link> connected);

    /** Ends the connections, within the time. */
    void close(long waitNanos);
}

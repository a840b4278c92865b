// SPDX-License-Identifier: Apache-2.0
package dev.weir.admission;

import static java.util.Objects.requireNonNull;

import dev.weir.identity.Identity;

/**
 * A service that runs. Closing it ends it, so that another may run in its place.
 *
 * <p>Of a service that was started again under the same id, the last handle counts: closing an older one does nothing. Closing
 * it twice, or after it was ended by name, does nothing. Thread-safe.
 *
 * @since 0.1
 */
public final class StartedService implements AutoCloseable {

    private final Identity who;
    private final String service;
    private final StartAnswer answer;
    private final Runnable end;

    /**
     * Makes the handle.
     *
     * @param who whose it is
     * @param service its id
     * @param answer what was answered to the start
     * @param end ends it; called at each close
     */
    public StartedService(Identity who, String service, StartAnswer answer, Runnable end) {
        this.who = requireNonNull(who, "who");
        this.service = requireNonNull(service, "service");
        this.answer = requireNonNull(answer, "answer");
        this.end = requireNonNull(end, "end");
    }

    /** {@return whose it is} */
    public Identity who() {
        return who;
    }

    /** {@return its id} */
    public String service() {
        return service;
    }

    /** {@return what was answered to the start: how long to wait before it begins, and why} */
    public StartAnswer answer() {
        return answer;
    }

    /** Ends the service. */
    @Override
    public void close() {
        end.run();
    }
}

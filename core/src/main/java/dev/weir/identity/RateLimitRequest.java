// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import java.security.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The request that is to be limited, as far as Weir needs to know it.
 *
 * <p>Valid only during the call that hands it out, and only on that thread; never kept. Nothing here reads the body or
 * makes a session.
 *
 * @since 0.1
 */
public interface RateLimitRequest {

    /** {@return the method as the client sent it, such as {@code GET}} */
    String method();

    /** {@return the path inside the application, decoded and without parameters, beginning with a slash} */
    String path();

    /**
     * Returns a header.
     *
     * @param name the name, in any case
     * @return its first value, or null if the request has none
     */
    @Nullable String header(String name);

    /**
     * Returns all lines of a header.
     *
     * @param name the name, in any case
     * @return the values in the order of the request, empty if there are none
     */
    List<String> headers(String name);

    /**
     * Returns an attribute that the application has set.
     *
     * @param name the name
     * @return the value, or null if there is none
     */
    @Nullable Object attribute(String name);

    /**
     * Returns an attribute of the session that the request belongs to, and makes no session.
     *
     * @param name the name
     * @return the value, or null if there is no session, or none of that name in it
     */
    @Nullable Object sessionAttribute(String name);

    /** {@return the name of the host that the client has asked, without a port, or null if it is not known} */
    @Nullable String host();

    /** {@return the authenticated caller, or null if there is none} */
    @Nullable Principal principal();

    /** {@return the address of the peer as the container tells it, which may be a proxy's, and may have a port or a zone} */
    String remoteAddress();

    /**
     * Returns the container's own request.
     *
     * @param <T> the type
     * @param type such as {@code HttpServletRequest.class}
     * @return the request, or null if it is not of that type
     */
    <T> @Nullable T unwrap(Class<T> type);
}

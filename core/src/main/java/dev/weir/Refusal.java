// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request that is refused: status, headers and body.
 *
 * <p>The rate-limit headers, {@code Retry-After} and {@code Cache-Control: no-store} are added to every refusal and need
 * not stand here.
 *
 * <p>Immutable; each {@code with} answers a changed copy.
 *
 * @since 0.1
 */
public final class Refusal {

    private static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";

    private final int status;
    private final Map<String, String> headers;
    private final @Nullable String contentType;
    private final byte[] body;

    private Refusal(int status, Map<String, String> headers, @Nullable String contentType, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.contentType = contentType;
        this.body = body;
    }

    /**
     * Makes an answer without a body.
     *
     * @param status the status, 400 to 599
     * @return the answer
     * @throws IllegalArgumentException if the status does not refuse
     */
    public static Refusal of(int status) {
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("status must be 400 to 599 but was " + status);
        }
        return new Refusal(status, Map.of(), null, new byte[0]);
    }

    /**
     * Adds a header.
     *
     * @param name the name
     * @param value the value
     * @return a changed copy
     * @throws IllegalArgumentException if the name is no token of RFC 9110, or the value holds control characters
     */
    public Refusal withHeader(String name, String value) {
        if (!name.matches(TOKEN) || holdsControl(value)) {
            throw new IllegalArgumentException(
                    "a header must have a name of letters, digits and dashes, and no control characters");
        }
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Refusal(status, more, contentType, body);
    }

    private static boolean holdsControl(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    /**
     * Sets the body.
     *
     * @param type the content type, such as {@code text/html;charset=UTF-8}
     * @param text the body, sent as UTF-8
     * @return a changed copy
     * @throws IllegalArgumentException if the type holds control characters
     */
    public Refusal withBody(String type, String text) {
        if (holdsControl(requireNonNull(type, "type"))) {
            throw new IllegalArgumentException("type must have no control characters");
        }
        return new Refusal(status, headers, type, text.getBytes(StandardCharsets.UTF_8));
    }

    /** {@return the status} */
    public int status() {
        return status;
    }

    /** {@return the headers beside those that every refusal has} */
    public Map<String, String> headers() {
        return Map.copyOf(headers);
    }

    /** {@return the content type, or null if there is no body} */
    public @Nullable String contentType() {
        return contentType;
    }

    /** {@return a copy of the body in UTF-8, empty if there is none} */
    public byte[] body() {
        return body.clone();
    }
}

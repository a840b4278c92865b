// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.identity.RateLimitRequest;

/**
 * Writes the answer to a refused request in the application's own words.
 *
 * <pre>{@code
 * RefusalHandler page = (request, decision, standard) -> standard.withBody("text/html;charset=UTF-8", PAGE);
 * }</pre>
 *
 * <p>It answers a value and writes nothing itself, so a half-written answer cannot happen: if it throws or answers null,
 * the standard answer is sent. Called on the request's thread. Must be thread-safe.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface RefusalHandler {

    /**
     * Makes the answer.
     *
     * @param request the request
     * @param decision why it is refused
     * @param standard the answer that would be sent
     * @return the answer to send
     */
    Refusal refuse(RateLimitRequest request, Decision decision, Refusal standard);
}

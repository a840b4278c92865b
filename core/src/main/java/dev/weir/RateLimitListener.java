// SPDX-License-Identifier: Apache-2.0
package dev.weir;

/**
 * Is told of every decision, and of the state of a shared store, for metrics and the like.
 *
 * <p>Of decisions it is told on the request's thread after the decision, which it cannot change. It must not block; one that does belongs
 * behind {@link RateLimiterBuilder#queuedListener}. Whatever it throws is caught and logged at most once a minute. Must be
 * thread-safe.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface RateLimitListener {

    /**
     * Is told of a decision.
     *
     * @param event the decision, and for whom
     */
    void onDecision(RateLimitEvent event);

    /**
     * Is told when a shared store goes, and when it is back. Called in order, off the request's thread, on the executor
     * that slow code of the application runs on.
     *
     * @param event what the state is now
     */
    default void onStoreState(StoreStateEvent event) {}
}

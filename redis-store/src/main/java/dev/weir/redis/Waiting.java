// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waiting for what may fail or never end, and going on either way. */
final class Waiting {

    private Waiting() {}

    static boolean upTo(long nanos, CompletableFuture<?> work) {
        try {
            work.get(nanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

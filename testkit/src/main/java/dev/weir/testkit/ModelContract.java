// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import org.junit.jupiter.api.Test;

/**
 * A store and a plain model of it answer the same to the same charges, whatever they are.
 *
 * @since 0.1
 */
public interface ModelContract extends StoreFixture {

    /** Any charges at any times: verdicts, numbers, waits and resets are those of a slow store that is plainly right. */
    @Test
    default void model_andStoreAgree() {
        agree(1_000, Seeds.next("model"));
    }

    /**
     * Makes random charges on the store and on the model, and fails where they differ.
     *
     * @param operations how many
     * @param seed where the random numbers begin; a failure names it
     */
    default void agree(int operations, long seed) {
        try (Rig rig = new Rig(this);
                NaiveStore model = new NaiveStore(rig.clock)) {
            Walk walk = new Walk(rig, model, seed);
            for (int i = 0; i < operations; i++) {
                walk.step(i);
            }
        }
    }
}

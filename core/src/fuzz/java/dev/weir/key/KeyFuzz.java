// SPDX-License-Identifier: Apache-2.0
package dev.weir.key;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

class KeyFuzz {

    @FuzzTest(maxDuration = "1m")
    void anyTwoNames_areOneKeyOnlyIfTheyAreOneName(FuzzedDataProvider data) {
        String one = data.consumeString(400);
        KeyProperties.check(one, data.consumeBoolean() ? one : data.consumeRemainingAsString());
    }
}

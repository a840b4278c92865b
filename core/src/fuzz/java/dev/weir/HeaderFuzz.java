// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

class HeaderFuzz {

    @FuzzTest(maxDuration = "1m")
    void anyNameAndNumbers_makeWellFormedFields(FuzzedDataProvider data) {
        long available = data.consumeLong(0, Long.MAX_VALUE);
        long wait = data.consumeLong(0, Long.MAX_VALUE);
        long reset = data.consumeLong(0, Long.MAX_VALUE);
        HeaderProperties.check(data.consumeRemainingAsString(), available, wait, reset);
    }
}

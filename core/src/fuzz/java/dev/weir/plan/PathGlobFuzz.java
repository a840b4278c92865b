// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

class PathGlobFuzz {

    @FuzzTest(maxDuration = "1m")
    void anyPattern_matchesWhatThePlainestMatcherMatches(FuzzedDataProvider data) {
        String pattern = "/" + data.consumeString(40);
        PathGlobProperties.check(pattern, "/" + data.consumeRemainingAsString());
    }
}

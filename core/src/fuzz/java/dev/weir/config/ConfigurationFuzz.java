// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

class ConfigurationFuzz {

    @FuzzTest(maxDuration = "1m")
    void anyText_isReadOrRefused(FuzzedDataProvider data) {
        String source = data.consumeBoolean() ? "weir.yaml" : "weir.json";
        ConfigurationProperties.check(source, data.consumeRemainingAsString());
    }
}

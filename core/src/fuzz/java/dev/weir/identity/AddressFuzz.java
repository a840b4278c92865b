// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

class AddressFuzz {

    @FuzzTest(maxDuration = "1m")
    void anyText_isWhatForeignParsersTakeItFor(FuzzedDataProvider data) {
        AddressProperties.check(data.consumeRemainingAsString());
    }
}

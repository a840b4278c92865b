// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedElementTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "for=192.0.2.43 | 192.0.2.43",
                "FOR = 192.0.2.43 | 192.0.2.43",
                "for=192.0.2.60;proto=http;by=203.0.113.43 | 192.0.2.60",
                "by=203.0.113.43 ; for=\"[2001:db8:cafe::17]:4711\" | [2001:db8:cafe::17]:4711",
                "for=unknown | unknown",
                "for=_hidden | _hidden",
                "for=\"_gazonk\" | _gazonk",
                "xfor=1.1.1.1;for=2.2.2.2 | 2.2.2.2"
            })
    void nodeIsTheValueOfFor(String element, String node) {
        assertThat(ForwardedElement.node(element)).isEqualTo(node);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "for",
                "proto=https",
                "by=1.2.3.4",
                "for=1.1.1.1;for=2.2.2.2",
                "for=\"1.1.1.1",
                "for=1.1.1.1\"",
                "for=\"1.1.1.1\"x",
                "for=x\"1.1.1.1\"",
                "for=\"",
                "for=\"1.1.1.1\";FOR=\"2.2.2.2\"",
                "for=\"a\"b\""
            })
    void elementWithoutExactlyOneGoodFor_hasNoNode(String element) {
        assertThat(ForwardedElement.node(element)).isNull();
    }
}

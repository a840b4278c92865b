// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What containers and proxies were seen to write, and what each becomes. */
class HopTest {

    @ParameterizedTest
    @CsvSource({
        "203.0.113.9, 203.0.113.9",
        "203.0.113.9:55555, 203.0.113.9",
        "203.0.113.9:0, 203.0.113.9",
        "2001:db8::1, 2001:db8::1",
        "[2001:db8::1], 2001:db8::1",
        "[2001:db8::1]:443, 2001:db8::1",
        "2001:db8::1%eth0, 2001:db8::1",
        "fe80::1%3, fe80::1",
        "[2001:db8::1%eth0], 2001:db8::1",
        "[2001:db8::1%eth0]:443, 2001:db8::1",
        "::ffff:203.0.113.9, 203.0.113.9",
        "[::ffff:203.0.113.9], 203.0.113.9",
        "[::ffff:203.0.113.9]:8080, 203.0.113.9",
        "::ffff:203.0.113.9%lo, 203.0.113.9",
        "0:0:0:0:0:0:0:1, ::1",
        "2001:db8::1:443, 2001:db8::1:443"
    })
    void allFormsOfOneAddressAreTheAddress(String token, String address) {
        assertThat(Hop.parse(token)).isEqualTo(IpAddress.of(address));
        assertThat(Hop.parse(" \t" + token + "\t ")).isEqualTo(IpAddress.of(address));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "unknown",
                "_hidden",
                "evil-string",
                "-",
                "null",
                "example.com",
                "example.com:80",
                "127.1",
                "2130706433",
                "0177.0.0.1",
                "01.02.03.04",
                "1-2.2.3.4",
                "*",
                "\uff11.2.3.4",
                "1.2.3.4:",
                "1.2.3.4:123456",
                "1.2.3.4:8o",
                "1.2.3.4:-1",
                "1.2.3.4%eth0",
                "1.2.3.4%eth0:80",
                "[1.2.3.4]",
                "[1.2.3.4]:80",
                "[]",
                "[",
                "]",
                "[::1",
                "::1]",
                "[::1]443",
                "[::1]:",
                "[::1]:x",
                "[[::1]]",
                "[::1]]",
                "::1%",
                "[::1%]",
                "%eth0",
                "[unknown]:80",
                "unknown:80",
                "1.2.3.4 5.6.7.8",
                "1.2.3.4\u00a0",
                "1.2.3.4\r\n",
                "\"1.2.3.4\"",
                "/run/s"
            })
    void whatDoesNotHoldExactlyOneAddressIsNone(String token) {
        assertThat(Hop.parse(token)).isNull();
    }

    @Test
    void overlongToken_isNone() {
        assertThat(Hop.parse("::1%" + "x".repeat(60))).isEqualTo(IpAddress.of("::1"));
        assertThat(Hop.parse("::1%" + "x".repeat(61))).isNull();
        assertThat(Hop.parse("1".repeat(1 << 20))).isNull();
    }

    /** That nobody asks a name server for one is held by {@code NoNameIsLookedUpTest} in it-tests. */
    @Test
    void names_areNone() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 10_000; i++) {
            assertThat(Hop.parse("host-" + Long.toHexString(random.nextLong()) + ".invalid"))
                    .isNull();
        }
    }
}

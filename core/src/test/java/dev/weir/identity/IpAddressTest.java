// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import java.util.HashSet;
import java.util.Set;
import nl.jqno.equalsverifier.EqualsVerifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "127.0.0.1, 127.0.0.1",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:db8::1, 2001:db8::1",
        "2001:DB8:0:0::1, 2001:db8::1",
        "2001:0db8:0000:0000:0000:0000:0000:0001, 2001:db8::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "::ffff:203.0.113.9, 203.0.113.9",
        "::FFFF:cb00:7109, 203.0.113.9",
        "0:0:0:0:0:ffff:203.0.113.9, 203.0.113.9",
        "::1.2.3.4, ::102:304",
        "64:ff9b::1.2.3.4, 64:ff9b::102:304",
        "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304",
        "fe80::1, fe80::1"
    })
    void oneAddressHasOneText(String literal, String canonical) {
        assertThat(IpAddress.of(literal)).hasToString(canonical);
        assertThat(IpAddress.of(canonical)).isEqualTo(IpAddress.of(literal)).hasSameHashCodeAs(IpAddress.of(literal));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "1",
                "127.1",
                "2130706433",
                "0x7f.0.0.1",
                "0177.0.0.1",
                "01.02.03.04",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "1.2.3.999",
                "1.2.3.",
                ".1.2.3",
                "1..2.3",
                "1.2.3.4 ",
                " 1.2.3.4",
                "1.2.3.-4",
                "+1.2.3.4",
                "1-2.2.3.4",
                "*",
                "1.2.3.*",
                "1.2.3.4/32",
                "\uff11.2.3.4",
                "\u0661.2.3.4",
                "1.2.3.4\n",
                "unknown",
                "_hidden",
                "localhost",
                "example.com",
                "[::1]",
                "[2001:db8::1]",
                "1.2.3.4:80",
                "fe80::1%eth0",
                ":",
                ":::",
                "::1::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "1:2:3:4::5:6:7:8",
                ":1::2",
                "1::2:",
                "12345::",
                "::g",
                "::1.2.3",
                "::1.2.3.4:5",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::01.2.3.4",
                "::\uff11",
                "2001:db8::\u0131",
                "0000:0000:0000:0000:0000:0000:0000:0000:0"
            })
    void whatIsNotExactlyOneAddressIsRefused(String text) {
        assertThat(IpAddress.parse(text)).isNull();
        assertThatThrownBy(() -> IpAddress.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("address must be an IPv4 or IPv6 literal but was not");
    }

    @Test
    void overlongText_isRefused() {
        assertThat(IpAddress.parse("0000:0000:0000:0000:0000:ffff:255.255.255.255"))
                .hasToString("255.255.255.255");
        assertThat(IpAddress.parse("0".repeat(1 << 20))).isNull();
        assertThat(IpAddress.parse(":".repeat(1 << 20))).isNull();
    }

    @Test
    void equals_comparesAllBits() {
        EqualsVerifier.forClass(IpAddress.class).withIgnoredFields("text").verify();
        assertThat(IpAddress.of("0.0.0.1")).isNotEqualTo(IpAddress.of("::1"));
    }

    @Test
    void key_ofIpv4_isTheAddressHoweverItIsWritten() {
        Key plain = IpAddress.of("203.0.113.9").key(64);
        assertThat(plain).isEqualTo(Key.of(Scope.IP, "203.0.113.9"));
        assertThat(IpAddress.of("::ffff:203.0.113.9").key(64)).isEqualTo(plain);
        assertThat(IpAddress.of("::ffff:cb00:7109").key(48)).isEqualTo(plain);
        assertThat(IpAddress.of("::ffff:203.0.113.10").key(32)).isNotEqualTo(plain);
    }

    @Test
    void key_ofIpv6_isOneForAll65536HostsOfANetwork() {
        Set<Key> keys = new HashSet<>();
        for (int host = 0; host < 1 << 16; host++) {
            String literal = "2001:db8:1:2:" + Integer.toHexString(host ^ 0xA5A5) + "::" + Integer.toHexString(host);
            keys.add(IpAddress.of(literal).key(64));
        }
        assertThat(keys).containsExactly(Key.of(Scope.IP, "2001:db8:1:2::/64"));
        assertThat(IpAddress.of("2001:db8:1:3::1").key(64)).isNotIn(keys);
    }

    @ParameterizedTest
    @CsvSource({
        "32, 2001:db8::/32",
        "48, 2001:db8:ffff::/48",
        "56, 2001:db8:ffff:ff00::/56",
        "63, 2001:db8:ffff:fffe::/63",
        "64, 2001:db8:ffff:ffff::/64",
        "65, 2001:db8:ffff:ffff:8000::/65",
        "127, 2001:db8:ffff:ffff:ffff:ffff:ffff:fffe/127",
        "128, 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"
    })
    void key_ofIpv6_keepsThePrefix(int prefix, String value) {
        assertThat(IpAddress.of("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff").key(prefix))
                .isEqualTo(Key.of(Scope.IP, value));
    }

    @Test
    void network_keepsLeadingBits() {
        assertThat(IpAddress.of("255.255.255.255").network(0)).hasToString("0.0.0.0");
        assertThat(IpAddress.of("255.255.255.255").network(9)).hasToString("255.128.0.0");
        assertThat(IpAddress.of("255.255.255.255").network(32)).hasToString("255.255.255.255");
        assertThat(IpAddress.of("ffff::ffff").network(0)).hasToString("::");
        assertThat(IpAddress.of("ffff::ffff").bits()).isEqualTo(128);
        assertThat(IpAddress.of("1.2.3.4").bits()).isEqualTo(32);
    }
}

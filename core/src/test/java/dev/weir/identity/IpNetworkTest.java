// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpNetworkTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0, true",
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, ::ffff:10.1.2.3, true",
        "10.0.0.0/8, 9.255.255.255, false",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.0.0.0/8, ::a00:1, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, ::1, false",
        "::/0, 2001:db8::1, true",
        "::/0, 203.0.113.9, false",
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false",
        "192.0.2.128/25, 192.0.2.127, false",
        "192.0.2.128/25, 192.0.2.255, true",
        "2001:db8::/32, 2001:db8:ffff::1, true",
        "2001:db8::/32, 2001:db9::, false",
        "2001:db8::/65, 2001:db8::7fff:ffff:ffff:ffff, true",
        "2001:db8::/65, 2001:db8::8000:0:0:0, false",
        "2001:db8::1/128, 2001:db8::1, true",
        "2001:db8::1/128, 2001:db8::2, false",
        "::ffff:10.0.0.0/104, 10.9.9.9, true",
        "::ffff:10.0.0.0/104, 11.0.0.0, false"
    })
    void contains(String network, String address, boolean inside) {
        IpNetwork read = IpNetwork.of(network);
        assertThat(read.contains(IpAddress.of(address))).isEqualTo(inside);
        assertThat(IpNetwork.anyContains(List.of(IpNetwork.of("203.0.113.1"), read), IpAddress.of(address)))
                .isEqualTo(inside);
        assertThat(IpNetwork.of(read.toString())).isEqualTo(read);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.1/8 | \"10.0.0.1/8\" has bits behind the prefix; write 10.0.0.0/8",
                "2001:db8::1/64 | \"2001:db8::1/64\" has bits behind the prefix; write 2001:db8::/64",
                "10.0.0.0/33 | \"10.0.0.0/33\" must have a prefix length from 0 to 32",
                "2001:db8::/129 | \"2001:db8::/129\" must have a prefix length from 0 to 128",
                "::ffff:10.0.0.0/64 | \"::ffff:10.0.0.0/64\" must have a prefix length from 96 to 128",
                "10.0.0.0/ | \"10.0.0.0/\" has no prefix length behind the slash",
                "10.0.0.0/08 | \"10.0.0.0/08\" has no prefix length behind the slash",
                "10.0.0.0/-1 | \"10.0.0.0/-1\" has no prefix length behind the slash",
                "10.0.0.0/8/8 | \"10.0.0.0/8/8\" has no prefix length behind the slash",
                "10.0.0.0/255.0.0.0 | \"10.0.0.0/255.0.0.0\" has no prefix length behind the slash",
                "localhost | \"localhost\" is not an address or a CIDR block such as 10.0.0.0/8",
                "10/8 | \"10/8\" is not an address or a CIDR block such as 10.0.0.0/8",
                "/8 | \"/8\" is not an address or a CIDR block such as 10.0.0.0/8",
                "10.0.0.1:80 | \"10.0.0.1:80\" is not an address or a CIDR block such as 10.0.0.0/8"
            })
    void badBlock_isRefusedWithTheRemedy(String text, String message) {
        assertThatThrownBy(() -> IpNetwork.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void constructor_checksItsArguments() {
        assertThatThrownBy(() -> new IpNetwork(IpAddress.of("10.0.0.0"), 33)).hasMessageContaining("0 to 32");
        assertThatThrownBy(() -> new IpNetwork(IpAddress.of("10.0.0.0"), -1)).hasMessageContaining("0 to 32");
        assertThatThrownBy(() -> new IpNetwork(IpAddress.of("10.0.0.1"), 31)).hasMessageContaining("10.0.0.0/31");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What containers and address libraries were seen to take for an address, and what it is here: one caller, or none. */
class AddressTableTest {

    private static final int CASES = 60_000;
    private static final List<IpNetwork> TRUSTED = List.of(IpNetwork.of("127.0.0.0/8"));

    /** What a container that handles proxies by itself puts into the remote address. */
    @ParameterizedTest
    @CsvSource({
        "203.0.113.9, 203.0.113.9",
        "203.0.113.9:55555, 203.0.113.9",
        "unknown, none",
        "evil-string, none",
        "_hidden, none",
        "[2001:db8::1]:443, 2001:db8::1",
        "[2001:db8::1], 2001:db8::1",
        "2001:db8::1%eth0, 2001:db8::1",
        "[2001:db8::1%eth0], 2001:db8::1",
        "::ffff:203.0.113.9, 203.0.113.9",
        "[::ffff:203.0.113.9], 203.0.113.9",
        "::FFFF:cb00:7109, 203.0.113.9",
        "0:0:0:0:0:ffff:203.0.113.9, 203.0.113.9",
        "'', none"
    })
    void remoteAddress_isOneCallerHoweverTheContainerWritesIt(String written, String caller) {
        FakeRequest request = FakeRequest.get("/").from(written);
        IpAddress found = new ClientAddressResolver(List.of(), "X-Forwarded-For").resolve(request);
        assertThat(found).isEqualTo(caller.equals("none") ? null : IpAddress.of(caller));
    }

    /** The same in the header of a trusted proxy; a hop that is no address leaves the proxy as the caller. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "6.6.6.6, 203.0.113.9|203.0.113.9",
                "6.6.6.6, 127.0.0.2|6.6.6.6",
                "203.0.113.9:55555|203.0.113.9",
                "unknown|127.0.0.1",
                "evil-string|127.0.0.1",
                "[2001:db8::1]:443|2001:db8::1",
                "2001:db8::1%eth0|2001:db8::1",
                "::ffff:203.0.113.9|203.0.113.9",
                "127.1|127.0.0.1",
                "2130706433|127.0.0.1",
                "0177.0.0.1|127.0.0.1",
                "01.02.03.04|127.0.0.1",
                "\uff11.2.3.4|127.0.0.1",
                "[2001:db8::1]|2001:db8::1",
                "fe80::1%eth0|fe80::1",
                "::1.2.3.4|::102:304",
                "::ffff:1.2.3.4|1.2.3.4",
                "1-2.2.3.4|127.0.0.1",
                "*|127.0.0.1",
                "0x7f.0.0.1|127.0.0.1",
                "localhost|127.0.0.1",
                "1.2.3.4/32|127.0.0.1",
                "1.2.3.4.|127.0.0.1",
                "203.0.113.9, 127.0.0.1, ::ffff:127.0.0.9|203.0.113.9"
            })
    void forwardedHop_isOneCallerOrEndsTheWalk(String header, String caller) {
        FakeRequest request = FakeRequest.get("/").from("127.0.0.1").with("X-Forwarded-For", header);
        assertThat(new ClientAddressResolver(TRUSTED, "X-Forwarded-For").resolve(request))
                .isEqualTo(IpAddress.of(caller));
    }

    @Test
    void addressesOfOneNetworkOf64_areOneKey_andMappedOnesAreEach() {
        Set<Object> one = new HashSet<>();
        Set<Object> mapped = new HashSet<>();
        for (int i = 0; i < 1 << 16; i++) {
            one.add(IpAddress.of("2001:db8:1:2:" + Integer.toHexString(i) + "::" + Integer.toHexString(i))
                    .key(64));
            mapped.add(IpAddress.of("::ffff:10.9." + (i >> 8) + "." + (i & 255)).key(64));
        }
        assertThat(one).hasSize(1);
        assertThat(mapped).hasSize(1 << 16);
        assertThat(IpAddress.of("2001:db8:1:3::1").key(64)).isNotIn(one);
    }

    /** Behind a translator from IPv4 (RFC 6052), all the IPv4 internet is one network of 64 bits. */
    @Test
    void translatedAddresses_countByTheirIpv4Address() {
        assertThat(IpAddress.of("64:ff9b::203.0.113.9").key(64))
                .isEqualTo(IpAddress.of("203.0.113.9").key(64));
        assertThat(IpAddress.of("64:ff9b::cb00:710a").key(32))
                .isEqualTo(IpAddress.of("203.0.113.10").key(64));
        assertThat(IpAddress.of("64:ff9b::1:203.0.113.9").key(64))
                .isNotEqualTo(IpAddress.of("203.0.113.9").key(64));
        assertThat(IpAddress.of("64:ff9b:1::203.0.113.9").key(64))
                .isNotEqualTo(IpAddress.of("203.0.113.9").key(64));
    }

    @Test
    void randomText_isWhatTwoForeignParsersAndANaiveWalkTakeItFor() {
        long seed = Long.getLong("weir.seed", System.nanoTime());
        System.out.println("AddressTableTest: -Dweir.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<String> words = List.of(
                "for=6.6.6.6",
                ";for=203.0.113.9",
                ";for=10.0.0.2",
                "for=",
                "FOR=",
                "by=",
                "proto=http",
                "\"",
                ",",
                ";",
                "[",
                "]",
                ":",
                "::",
                "10.0.0.1",
                "10.0.0.9",
                "6.6.6.6",
                "2001:db8:a::1",
                "[2001:db8:a::1]",
                "2001:db8::1",
                "[2001:db8::1]:443",
                "%eth0",
                " ",
                "\t",
                "\n",
                "\\",
                "=",
                "%",
                "\u00e9",
                ":80",
                ":123456",
                "unknown",
                "_x",
                "::ffff:10.0.0.3",
                "::ffff:6.6.6.7",
                "1.2.3",
                "x",
                ", ",
                ",for=",
                "64:ff9b::1.2.3.4",
                "0",
                "255",
                ".",
                "\uff11");
        for (int i = 0; i < CASES; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(random.nextInt(20) == 0 ? 80 : 9); n >= 0; n--) {
                text.append(words.get(random.nextInt(words.size())));
            }
            AddressProperties.check(text.toString());
        }
    }

    /** Names that would resolve, if anybody asked: the answer is none, and comes at once. */
    @Test
    void namesOfHosts_areNoAddresses() throws Exception {
        assertThat(InetAddress.getByName("localhost").isLoopbackAddress()).isTrue();
        for (String name :
                List.of("localhost", "localhost:80", "ip6-localhost", "a.example", "127.0.0.1.example", "0")) {
            AddressProperties.check(name);
            assertThat(Hop.parse(name)).isNull();
        }
    }
}

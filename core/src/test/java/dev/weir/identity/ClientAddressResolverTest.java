// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The walk from the right through the proxies that are trusted. */
class ClientAddressResolverTest {

    private static final String XFF = "X-Forwarded-For";
    private static final String CLIENT = "203.0.113.9";
    private static final List<IpNetwork> TRUSTED =
            List.of(IpNetwork.of("10.0.0.0/8"), IpNetwork.of("2001:db8:aaaa::/48"));
    private static final List<String> SPOOFS = List.of(
            "",
            "6.6.6.6",
            "10.6.6.6",
            "127.0.0.1",
            "6.6.6.6, 7.7.7.7, 10.0.0.9",
            "unknown",
            "for=6.6.6.6",
            "for=\"[",
            "\"",
            "6.6.6.6, ",
            ",,,",
            "\u0000",
            "%",
            "x".repeat(5000),
            "6.6.6.6,".repeat(200) + "6.6.6.6");

    private static String resolve(String header, FakeRequest request) {
        return String.valueOf(new ClientAddressResolver(TRUSTED, header).resolve(request));
    }

    private static FakeRequest behindProxy(String... lines) {
        return FakeRequest.get("/").from("10.0.0.1").with(XFF, lines);
    }

    @Test
    void noProxyTrusted_peerCountsWhateverTheHeadersSay() {
        FakeRequest request =
                FakeRequest.get("/").from(CLIENT + ":5555").with(XFF, "6.6.6.6").with("Forwarded", "for=7.7.7.7");
        assertThat(new ClientAddressResolver(List.of(), XFF).resolve(request)).hasToString(CLIENT);
    }

    @Test
    void untrustedPeer_isTheClientWhateverHeSends() {
        for (String spoof : SPOOFS) {
            FakeRequest request =
                    FakeRequest.get("/").from(CLIENT).with(XFF, spoof).with("Forwarded", "for=10.0.0.1");
            assertThat(resolve(XFF, request)).isEqualTo(CLIENT);
            assertThat(resolve("Forwarded", request)).isEqualTo(CLIENT);
        }
    }

    @Test
    void onlyTheConfiguredHeaderIsRead() {
        FakeRequest request =
                behindProxy("203.0.113.1").with("Forwarded", "for=203.0.113.2").with("X-Real-IP", "203.0.113.3");
        assertThat(resolve(XFF, request)).isEqualTo("203.0.113.1");
        assertThat(resolve("forwarded", request)).isEqualTo("203.0.113.2");
        assertThat(resolve("X-Real-IP", request)).isEqualTo("203.0.113.3");
    }

    @Test
    void noHeader_countsTheProxy() {
        assertThat(resolve(XFF, FakeRequest.get("/").from("10.0.0.1"))).isEqualTo("10.0.0.1");
        assertThat(resolve(XFF, behindProxy(""))).isEqualTo("10.0.0.1");
    }

    @Test
    void peerWithoutAddress_isNone() {
        assertThat(resolve(XFF, FakeRequest.get("/").from("").with(XFF, CLIENT)))
                .isEqualTo("null");
        assertThat(resolve(XFF, FakeRequest.get("/").from("/run/proxy.sock").with(XFF, CLIENT)))
                .isEqualTo("null");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "6.6.6.6, 203.0.113.9 | 203.0.113.9",
                "6.6.6.6, 10.0.0.1 | 6.6.6.6",
                "203.0.113.9:55555 | 203.0.113.9",
                "unknown | 10.0.0.1",
                "evil-string | 10.0.0.1",
                "[2001:db8::1]:443 | 2001:db8::1",
                "2001:db8::1%eth0 | 2001:db8::1",
                "::ffff:203.0.113.9 | 203.0.113.9",
                "203.0.113.9, unknown, 10.0.0.7 | 10.0.0.7",
                "203.0.113.9,, 10.0.0.7 | 10.0.0.7",
                "203.0.113.9, 10.0.0.7, | 10.0.0.1",
                "10.0.0.9, 10.0.0.8, 10.0.0.7 | 10.0.0.9",
                "10.0.0.9, 2001:db8:aaaa::5, ::ffff:10.0.0.7 | 10.0.0.9"
            })
    void xForwardedFor_table(String header, String client) {
        assertThat(resolve(XFF, behindProxy(header))).isEqualTo(client);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "for=6.6.6.6, for=203.0.113.9 | 203.0.113.9",
                "for=203.0.113.9;proto=https, for=10.0.0.7 | 203.0.113.9",
                "for=\"[2001:db8::1]:443\";by=10.0.0.1 | 2001:db8::1",
                "for=203.0.113.9, for=_hidden | 10.0.0.1",
                "for=_hidden, for=203.0.113.9 | 203.0.113.9",
                "for=unknown | 10.0.0.1",
                "for=203.0.113.9;for=6.6.6.6 | 10.0.0.1",
                "for=203.0.113.9, proto=https | 10.0.0.1",
                "for=\"6.6.6.6, for=203.0.113.9 | 203.0.113.9"
            })
    void forwarded_table(String header, String client) {
        FakeRequest request = FakeRequest.get("/").from("10.0.0.1").with("Forwarded", header);
        assertThat(resolve("Forwarded", request)).isEqualTo(client);
    }

    /** 0 to 3 proxies behind the first, each way of splitting the lines, each spoofed left part, both kinds of header. */
    @ParameterizedTest
    @ValueSource(strings = {XFF, "Forwarded"})
    void leftPartNeverChangesTheClient(String header) {
        for (int proxies = 0; proxies <= 3; proxies++) {
            List<String> honest = new ArrayList<>(List.of(CLIENT));
            for (int i = 0; i < proxies; i++) {
                honest.add(i == 1 ? "2001:db8:aaaa::" + i : "10.0.0." + (i + 2));
            }
            List<String> elements = honest.stream()
                    .map(hop -> header.equals(XFF) ? hop : "for=\"" + (hop.contains(":") ? "[" + hop + "]" : hop) + '"')
                    .toList();
            for (String spoof : SPOOFS) {
                for (int split = 0; split <= elements.size(); split++) {
                    assertThat(resolve(header, request(header, spoof, elements, split)))
                            .as("%d proxies, \"%s\" on the left, split at %d", proxies, spoof, split)
                            .isEqualTo(CLIENT);
                }
            }
        }
    }

    @Test
    void anyTextOnTheLeftNeverChangesTheClient() {
        long seed = System.nanoTime();
        System.out.println("ClientAddressResolverTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<String> words =
                List.of("for=", "\"", ",", ";", "[", "]", ":", "10.0.0.1", "6.6.6.6", " ", "\\", "=", "%", "é");
        for (int i = 0; i < 20_000; i++) {
            StringBuilder left = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) {
                left.append(words.get(random.nextInt(words.size())));
            }
            String xff = left + ", " + CLIENT + ", 10.0.0.5";
            assertThat(resolve(XFF, behindProxy(xff)))
                    .as("seed %d: %s", seed, xff)
                    .isEqualTo(CLIENT);
            FakeRequest rfc7239 = FakeRequest.get("/")
                    .from("10.0.0.1")
                    .with("Forwarded", left + ",for=" + CLIENT + ";proto=http", "for=10.0.0.5");
            assertThat(resolve("Forwarded", rfc7239))
                    .as("seed %d: %s", seed, left)
                    .isEqualTo(CLIENT);
        }
    }

    private static FakeRequest request(String header, String spoof, List<String> elements, int split) {
        FakeRequest request = FakeRequest.get("/").from("10.0.0.1");
        String left = String.join(", ", elements.subList(0, split));
        String right = String.join(",", elements.subList(split, elements.size()));
        if (split == 0) {
            return request.with(header, spoof, right);
        }
        request.with(header, spoof + "," + left);
        return right.isEmpty() ? request : request.with(header, right);
    }

    @Test
    void walk_endsAfter32Hops() {
        String atTheLimit = CLIENT + ", " + String.join(",", Collections.nCopies(31, "10.0.0.2"));
        assertThat(resolve(XFF, behindProxy(atTheLimit))).isEqualTo(CLIENT);
        String beyond = CLIENT + ", 10.0.0.3," + String.join(",", Collections.nCopies(31, "10.0.0.2"));
        assertThat(resolve(XFF, behindProxy(beyond))).isEqualTo("10.0.0.3");
        String[] lines = Collections.nCopies(1000, "10.0.0.2").toArray(String[]::new);
        lines[0] = CLIENT;
        assertThat(resolve(XFF, behindProxy(lines))).isEqualTo("10.0.0.2");
    }

    @Test
    void walk_endsAfter4KibOfText() {
        String padding = " ".repeat(4096 - 2 - "10.0.0.2".length() - CLIENT.length());
        assertThat(resolve(XFF, behindProxy(padding + CLIENT + ",10.0.0.2"))).isEqualTo(CLIENT);
        assertThat(resolve(XFF, behindProxy(" " + padding + CLIENT + ",10.0.0.2")))
                .isEqualTo("10.0.0.2");
        assertThat(resolve(XFF, behindProxy(CLIENT, "x".repeat(1 << 20)))).isEqualTo("10.0.0.1");
    }
}

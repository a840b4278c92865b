// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import inet.ipaddr.AddressStringParameters.RangeParameters;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Compares the parser with two others, which know nothing of it. */
class IpLiteralOracleTest {

    private static final int CASES = 200_000;
    private static final String ALPHABET = "0123456789abcdefABCDEF.:.:%[]/g -\uff11";

    private static final IPAddressStringParameters STRICT = new IPAddressStringParameters.Builder()
            .allowEmpty(false)
            .allowAll(false)
            .allowSingleSegment(false)
            .allowPrefix(false)
            .allowMask(false)
            .allowPrefixOnly(false)
            .allowWildcardedSeparator(false)
            .setRangeOptions(RangeParameters.NO_RANGE)
            .getIPv4AddressParametersBuilder()
            .allow_inet_aton(false)
            .allowLeadingZeros(false)
            .allowBinary(false)
            .getParentBuilder()
            .getIPv6AddressParametersBuilder()
            .allowUnlimitedLeadingZeros(false)
            .allowZone(false)
            .allowBase85(false)
            .allowBinary(false)
            .getEmbeddedIPv4AddressParametersBuilder()
            .allow_inet_aton(false)
            .allowLeadingZeros(false)
            .allowBinary(false)
            .getEmbeddedIPv4AddressParentBuilder()
            .getParentBuilder()
            .toParams();

    @Test
    void parser_agreesWithTwoOthersOnRandomText() throws UnknownHostException {
        long seed = System.nanoTime();
        System.out.println("IpLiteralOracleTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        int addresses = 0;
        for (int i = 0; i < CASES; i++) {
            String text = random.nextInt(4) == 0 ? noise(random) : mutated(random, literal(random));
            IpAddress ours = IpAddress.parse(text);
            String shown = "seed " + seed + ": \"" + text + "\"";
            assertThat(ours == null ? null : ours.toString())
                    .as("Guava, " + shown)
                    .isEqualTo(guava(text));
            assertThat(ours == null ? null : ours.toString())
                    .as("ipaddress, " + shown)
                    .isEqualTo(ipaddress(text));
            if (ours != null) {
                addresses++;
                assertThat(IpAddress.of(ours.toString()))
                        .as("round trip, " + shown)
                        .isEqualTo(ours);
            }
        }
        assertThat(addresses).as("cases that are addresses").isBetween(CASES / 4, CASES);
    }

    @Test
    void allSpellingsOfOneAddressAreOneKey() {
        long seed = System.nanoTime();
        System.out.println("IpLiteralOracleTest spellings seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 2_000; i++) {
            int[] groups = groups(random);
            Set<Object> keys = new HashSet<>();
            for (int spelling = 0; spelling < 20; spelling++) {
                keys.add(IpAddress.of(spell(random, groups)).key(128));
            }
            assertThat(keys).as("seed " + seed + ", " + spell(random, groups)).hasSize(1);
        }
    }

    /** Guava accepts the digits of all scripts and looks zones up in this machine's interfaces; both are not ours. */
    static String guava(String text) throws UnknownHostException {
        boolean ascii = text.chars().allMatch(c -> c < 0x80);
        if (!ascii || text.indexOf('%') >= 0 || !InetAddresses.isInetAddress(text)) {
            return null;
        }
        InetAddress address = InetAddresses.forString(text);
        // Guava has unmapped already; what is left as Inet6Address is no mapped address.
        return InetAddresses.toAddrString(
                address instanceof Inet6Address ? InetAddress.getByAddress(address.getAddress()) : address);
    }

    /** It trims spaces and control characters even when it is strict. */
    static String ipaddress(String text) {
        if (!text.strip().equals(text) || !text.trim().equals(text)) {
            return null;
        }
        IPAddress address = new IPAddressString(text, STRICT).getAddress();
        if (address == null) {
            return null;
        }
        boolean mapped = address.isIPv6() && address.toIPv6().isIPv4Mapped();
        return mapped ? address.toIPv6().getEmbeddedIPv4Address().toCanonicalString() : address.toCanonicalString();
    }

    private static String noise(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(24); length > 0; length--) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }

    private static String literal(SplittableRandom random) {
        return random.nextInt(3) == 0 ? quad(random) : spell(random, groups(random));
    }

    private static String quad(SplittableRandom random) {
        return random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(260);
    }

    private static int[] groups(SplittableRandom random) {
        int[] groups = new int[8];
        int zeros = random.nextInt(4);
        for (int i = 0; i < 8; i++) {
            groups[i] = random.nextInt(4) < zeros ? 0 : random.nextInt(1 << (4 * random.nextInt(1, 5)));
        }
        if (random.nextInt(8) == 0) {
            System.arraycopy(new int[] {0, 0, 0, 0, 0, 0xFFFF}, 0, groups, 0, 6);
        }
        return groups;
    }

    /** Writes eight groups in one of the ways that RFC 4291 allows. */
    private static String spell(SplittableRandom random, int[] groups) {
        boolean dotted = random.nextInt(4) == 0;
        int written = dotted ? 6 : 8;
        int gapFrom = random.nextInt(written);
        int gapTo = gapFrom;
        while (gapTo < written && groups[gapTo] == 0) {
            gapTo++;
        }
        boolean gap = gapTo > gapFrom && random.nextBoolean();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < written; i++) {
            if (gap && i >= gapFrom && i < gapTo) {
                text.append(i == gapFrom ? "::" : "");
                continue;
            }
            text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":");
            String hex = Integer.toHexString(groups[i]);
            hex = "0".repeat(random.nextInt(5 - hex.length())) + hex;
            text.append(random.nextBoolean() ? hex : hex.toUpperCase(java.util.Locale.ROOT));
        }
        if (dotted) {
            text.append(text.charAt(text.length() - 1) == ':' ? "" : ":");
            text.append(groups[6] >> 8).append('.').append(groups[6] & 255).append('.');
            text.append(groups[7] >> 8).append('.').append(groups[7] & 255);
        }
        return text.toString();
    }

    private static String mutated(SplittableRandom random, String literal) {
        StringBuilder text = new StringBuilder(literal);
        for (int times = random.nextInt(3); times > 0 && !text.isEmpty(); times--) {
            int at = random.nextInt(text.length());
            char c = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
            switch (random.nextInt(4)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.insert(at, c);
                case 2 -> text.setCharAt(at, c);
                default -> text.insert(at, text.charAt(at));
            }
        }
        return text.toString();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 or IPv6 address, read from literal text only and never looked up.
 *
 * <p>All spellings of one address are one value: {@code ::ffff:203.0.113.9} is {@code 203.0.113.9}, and
 * {@code 2001:DB8:0::1} is {@code 2001:db8::1}. Text that is not exactly one address in the notation of RFC 4291, section
 * 2.2, or a dotted quad without leading zeros is refused.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class IpAddress {

    private static final long TRANSLATED = 0x0064_FF9B_0000_0000L;

    private final boolean v4;
    private final long high;
    private final long low;
    private final @Nullable String text; // the canonical text, where it is known already

    private IpAddress(boolean v4, long high, long low, @Nullable String text) {
        this.v4 = v4;
        this.high = high;
        this.low = low;
        this.text = text;
    }

    /**
     * Reads an address.
     *
     * @param literal the text
     * @return the address
     * @throws IllegalArgumentException if the text is not an address
     */
    public static IpAddress of(String literal) {
        IpAddress address = parse(literal);
        if (address == null) {
            throw new IllegalArgumentException("address must be an IPv4 or IPv6 literal but was not");
        }
        return address;
    }

    /**
     * Reads an address, if it is one.
     *
     * @param literal the text
     * @return the address, or null if the text is anything else
     */
    public static @Nullable IpAddress parse(String literal) {
        return IpLiteral.parse(literal);
    }

    static IpAddress ofV4(int bits, @Nullable String text) {
        return new IpAddress(true, 0, bits & 0xFFFF_FFFFL, text);
    }

    /** IPv4-mapped addresses become IPv4. */
    static IpAddress ofV6(long high, long low) {
        return high == 0 && (low >>> 32) == 0xFFFF ? ofV4((int) low, null) : new IpAddress(false, high, low, null);
    }

    /** {@return whether this is an IPv4 address} */
    public boolean isV4() {
        return v4;
    }

    /** {@return 32 or 128} */
    int bits() {
        return v4 ? Integer.SIZE : 2 * Long.SIZE;
    }

    /**
     * Keeps the first bits and clears the rest.
     *
     * @param prefix how many bits to keep, 0 to 32 for IPv4, 0 to 128 for IPv6
     * @return the lowest address of the network
     */
    IpAddress network(int prefix) {
        if (v4) {
            return prefix >= Integer.SIZE ? this : new IpAddress(true, 0, low & (~0xFFFF_FFFFL >> prefix), null);
        }
        long h = prefix >= Long.SIZE ? high : high & leading(prefix);
        long l = prefix >= Long.SIZE ? low & leading(prefix - Long.SIZE) : 0;
        return new IpAddress(false, h, l, null);
    }

    private static long leading(int ones) {
        return ones == 0 ? 0 : -1L << (Long.SIZE - ones);
    }

    /**
     * Returns the name under which callers from this address are counted: the address itself for IPv4, its network for
     * IPv6, because one IPv6 customer has at least a /64 of addresses to choose from. An IPv4 address that a translator
     * has put into {@code 64:ff9b::/96} (RFC 6052) counts as itself, because all of them share one /64.
     *
     * @param ipv6Prefix the length of that network in bits, 0 to 128
     * @return the key
     */
    public Key key(int ipv6Prefix) {
        if (!v4 && high == TRANSLATED && low >>> Integer.SIZE == 0) {
            return ofV4((int) low, null).key(ipv6Prefix);
        }
        return Key.of(
                Scope.IP,
                v4 || ipv6Prefix >= 2 * Long.SIZE
                        ? toString()
                        : network(ipv6Prefix).toString() + '/' + ipv6Prefix);
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof IpAddress other && v4 == other.v4 && high == other.high && low == other.low;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high * 31 + low) + (v4 ? 1 : 0);
    }

    /** {@return the canonical text: a dotted quad, or RFC 5952} */
    @Override
    public String toString() {
        if (text != null) {
            return text;
        }
        return v4 ? IpLiteral.formatV4((int) low) : IpLiteral.formatV6(high, low);
    }
}

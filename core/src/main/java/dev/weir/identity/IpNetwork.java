// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import java.util.List;

/**
 * A block of addresses in CIDR notation, such as {@code 10.0.0.0/8}.
 *
 * <p>Immutable.
 *
 * @param first the lowest address of the block
 * @param prefix how many leading bits all its addresses share
 * @since 0.1
 */
public record IpNetwork(IpAddress first, int prefix) {

    private static final int MAPPED_PREFIX = 96;

    /**
     * Checks that the block is well-formed.
     *
     * @param first the lowest address of the block
     * @param prefix how many leading bits all its addresses share
     * @throws IllegalArgumentException if the prefix is out of range, or the address has bits behind it
     */
    public IpNetwork {
        if (prefix < 0 || prefix > first.bits()) {
            throw new IllegalArgumentException("prefix must be 0 to " + first.bits() + " but was " + prefix);
        }
        if (!first.equals(first.network(prefix))) {
            throw new IllegalArgumentException(first + "/" + prefix + " has bits behind the prefix; write "
                    + first.network(prefix) + "/" + prefix);
        }
    }

    /**
     * Reads a block; an address alone is a block of one.
     *
     * @param text such as {@code 10.0.0.0/8}, {@code 2001:db8::/32} or {@code 192.0.2.1}
     * @return the block
     * @throws IllegalArgumentException if the text is anything else
     */
    public static IpNetwork of(String text) {
        int slash = text.indexOf('/');
        IpAddress address = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            throw new IllegalArgumentException("\"" + text + "\" is not an address or a CIDR block such as 10.0.0.0/8");
        }
        if (slash < 0) {
            return new IpNetwork(address, address.bits());
        }
        String length = text.substring(slash + 1);
        if (!length.matches("0|[1-9][0-9]{0,2}")) {
            throw new IllegalArgumentException("\"" + text + "\" has no prefix length behind the slash");
        }
        int unmapped = address.isV4() && text.indexOf(':') >= 0 ? MAPPED_PREFIX : 0;
        int prefix = Integer.parseInt(length) - unmapped;
        if (prefix < 0 || prefix > address.bits()) {
            throw new IllegalArgumentException("\"" + text + "\" must have a prefix length from " + unmapped + " to "
                    + (address.bits() + unmapped));
        }
        if (!address.equals(address.network(prefix))) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" has bits behind the prefix; write " + address.network(prefix) + "/" + prefix);
        }
        return new IpNetwork(address, prefix);
    }

    /**
     * Tells whether an address is in the block.
     *
     * @param address the address
     * @return whether it is; an IPv4 address is never in an IPv6 block
     */
    public boolean contains(IpAddress address) {
        return address.isV4() == first.isV4() && address.network(prefix).equals(first);
    }

    static boolean anyContains(List<IpNetwork> networks, IpAddress address) {
        for (int i = 0; i < networks.size(); i++) {
            if (networks.get(i).contains(address)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return first + "/" + prefix;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

/**
 * A range of TCP ports.
 *
 * @param first the lowest port, 1 to 65535
 * @param last the highest port, not below the first
 * @since 0.1
 */
public record PortRange(int first, int last) {

    /**
     * Checks the range.
     *
     * @param first the lowest port, 1 to 65535
     * @param last the highest port, not below the first
     * @throws IllegalArgumentException if a port is out of range, or the last is below the first
     */
    public PortRange {
        if (first < 1 || last > 65_535 || last < first) {
            throw new IllegalArgumentException("a range of ports must lie in 1 to 65535, lowest first, but was " + first
                    + (first == last ? "" : "-" + last));
        }
    }

    /**
     * Reads a range.
     *
     * @param text {@code 8080} or {@code 8000-8999}
     * @return the range
     * @throws IllegalArgumentException if the text is anything else
     */
    public static PortRange of(String text) {
        if (!text.matches("[0-9]{1,5}(-[0-9]{1,5})?")) {
            throw new IllegalArgumentException("\"" + text + "\" is not a port or a range such as 8000-8999");
        }
        int dash = text.indexOf('-');
        int first = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
        return new PortRange(first, dash < 0 ? first : Integer.parseInt(text.substring(dash + 1)));
    }

    /**
     * Tells whether a port is in the range.
     *
     * @param port the port
     * @return whether it is
     */
    public boolean contains(int port) {
        return port >= first && port <= last;
    }
}

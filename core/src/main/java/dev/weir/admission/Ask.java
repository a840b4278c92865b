// SPDX-License-Identifier: Apache-2.0
package dev.weir.admission;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a service asks for when it is to be started: perhaps a port, memory, and processor time.
 *
 * <pre>{@code
 * Ask ask = Ask.nothing().withPort(8080).withMemoryMb(256).withCpuPercent(25);
 * }</pre>
 *
 * <p>What is not asked for is not checked. Immutable; each {@code with} answers a changed copy.
 *
 * @param port the port on which it listens, empty if on none
 * @param memoryMb how much memory it takes, in megabytes, empty if that is not known
 * @param cpuPercent how much processor time it takes, in percent of one processor, empty if that is not known
 * @since 0.1
 */
public record Ask(OptionalInt port, OptionalLong memoryMb, OptionalLong cpuPercent) {

    private static final int MAX_PORT = 65_535;
    private static final long MAX_NUMBER = 1_000_000_000;
    private static final Ask NOTHING = new Ask(OptionalInt.empty(), OptionalLong.empty(), OptionalLong.empty());

    /**
     * Checks the ranges.
     *
     * @param port the port, 1 to 65535
     * @param memoryMb the memory in megabytes, 1 to 10<sup>9</sup>
     * @param cpuPercent the processor time in percent, 1 to 10<sup>9</sup>
     * @throws IllegalArgumentException if a number is out of range
     */
    public Ask {
        port.ifPresent(number -> check("port", number, MAX_PORT));
        memoryMb.ifPresent(number -> check("memoryMb", number, MAX_NUMBER));
        cpuPercent.ifPresent(number -> check("cpuPercent", number, MAX_NUMBER));
    }

    private static void check(String name, long number, long most) {
        if (number < 1 || number > most) {
            throw new IllegalArgumentException(name + " must be 1 to " + most + " but was " + number);
        }
    }

    /** {@return an ask for nothing but to be started} */
    public static Ask nothing() {
        return NOTHING;
    }

    /**
     * Asks for a port too.
     *
     * @param number the port, 1 to 65535
     * @return a changed copy
     * @throws IllegalArgumentException if the port is out of range
     */
    public Ask withPort(int number) {
        return new Ask(OptionalInt.of(number), memoryMb, cpuPercent);
    }

    /**
     * Asks for memory too.
     *
     * @param megabytes how much, 1 to 10<sup>9</sup>
     * @return a changed copy
     * @throws IllegalArgumentException if the number is out of range
     */
    public Ask withMemoryMb(long megabytes) {
        return new Ask(port, OptionalLong.of(megabytes), cpuPercent);
    }

    /**
     * Asks for processor time too.
     *
     * @param percent how much, 1 to 10<sup>9</sup>
     * @return a changed copy
     * @throws IllegalArgumentException if the number is out of range
     */
    public Ask withCpuPercent(long percent) {
        return new Ask(port, memoryMb, OptionalLong.of(percent));
    }
}

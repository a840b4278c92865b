// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a Redis server says it has done since its start, or between two moments: commands by name, those inside scripts
 * included, and the time that its process spent on processors.
 *
 * <p>Looking is one {@code INFO}, which the next look counts. Immutable.
 *
 * @param commands calls by the command's name as Redis writes it: lower case, from Redis 7 on with the subcommand
 *     ({@code config|get})
 * @param cpuUserMicros microseconds in user mode
 * @param cpuSystemMicros microseconds in the kernel
 */
public record CommandCounts(Map<String, Count> commands, long cpuUserMicros, long cpuSystemMicros) {

    private static final Pattern STATISTICS = Pattern.compile("calls=(\\d+),usec=(\\d+),.*");
    private static final String PREFIX = "cmdstat_";
    private static final Count NONE = new Count(0, 0);

    /**
     * How often a command ran, and for how long.
     *
     * @param calls how often
     * @param micros microseconds in all
     */
    public record Count(long calls, long micros) {

        private Count minus(Count earlier) {
            return new Count(calls - earlier.calls, micros - earlier.micros);
        }

        private Count plus(Count other) {
            return new Count(calls + other.calls, micros + other.micros);
        }
    }

    /**
     * Copies the map.
     *
     * @param commands calls by the command's name
     * @param cpuUserMicros microseconds in user mode
     * @param cpuSystemMicros microseconds in the kernel
     */
    public CommandCounts {
        commands = Collections.unmodifiableMap(new TreeMap<>(commands));
    }

    /**
     * Looks now.
     *
     * @param redis a connection to the server
     * @return what it has done since its start, or since {@code CONFIG RESETSTAT}
     * @throws IOException if it does not answer
     */
    public static CommandCounts of(Resp redis) throws IOException {
        Map<String, Count> commands = new TreeMap<>();
        Map<String, String> values = new TreeMap<>();
        redis.text("INFO", "all").lines().filter(line -> line.contains(":")).forEach(line -> {
            int colon = line.indexOf(':');
            String name = line.substring(0, colon);
            String value = line.substring(colon + 1);
            Matcher statistics = STATISTICS.matcher(value);
            if (name.startsWith(PREFIX) && statistics.matches()) {
                commands.put(
                        name.substring(PREFIX.length()),
                        new Count(Long.parseLong(statistics.group(1)), Long.parseLong(statistics.group(2))));
            } else {
                values.put(name, value);
            }
        });
        return new CommandCounts(commands, micros(values, "used_cpu_user"), micros(values, "used_cpu_sys"));
    }

    private static long micros(Map<String, String> values, String name) throws IOException {
        String seconds = values.get(name);
        if (seconds == null) {
            throw new IOException("INFO does not say " + name);
        }
        return new BigDecimal(seconds).movePointRight(6).longValue();
    }

    /**
     * Subtracts an earlier look.
     *
     * @param earlier what the same server said before
     * @return what has happened since; commands that have not run are left out
     * @throws IllegalArgumentException if the server has begun to count anew in between
     */
    public CommandCounts minus(CommandCounts earlier) {
        Map<String, Count> since = new TreeMap<>();
        commands.forEach((name, count) -> {
            Count more = count.minus(earlier.commands.getOrDefault(name, NONE));
            if (more.calls != 0) {
                since.put(name, more);
            }
        });
        boolean anew = !commands.keySet().containsAll(earlier.commands.keySet())
                || since.values().stream().anyMatch(count -> count.calls < 0)
                || cpuUserMicros < earlier.cpuUserMicros
                || cpuSystemMicros < earlier.cpuSystemMicros;
        if (anew) {
            throw new IllegalArgumentException("the server has begun to count anew since " + earlier);
        }
        return new CommandCounts(
                since, cpuUserMicros - earlier.cpuUserMicros, cpuSystemMicros - earlier.cpuSystemMicros);
    }

    /**
     * Adds what another server has done.
     *
     * @param other what it says of itself
     * @return what both have done
     */
    public CommandCounts plus(CommandCounts other) {
        Map<String, Count> both = new TreeMap<>(commands);
        other.commands.forEach((name, count) -> both.merge(name, count, Count::plus));
        return new CommandCounts(both, cpuUserMicros + other.cpuUserMicros, cpuSystemMicros + other.cpuSystemMicros);
    }

    /**
     * Tells how often a command ran.
     *
     * @param command its name as Redis writes it
     * @return how often, 0 if never
     */
    public long calls(String command) {
        return commands.getOrDefault(command, NONE).calls;
    }

    /** {@return how many commands ran, those inside scripts included} */
    public long calls() {
        return commands.values().stream().mapToLong(Count::calls).sum();
    }

    /** {@return the microseconds that the process spent on processors, in user mode and in the kernel} */
    public long cpuMicros() {
        return cpuUserMicros + cpuSystemMicros;
    }
}

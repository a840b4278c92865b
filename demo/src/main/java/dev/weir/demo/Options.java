// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What the command line asks for. Immutable.
 *
 * @param port the port, 0 for any that is free
 * @param config the configuration, empty for the reference
 * @param redis the address of a Redis or {@link DemoRedis#EMBEDDED}, empty to keep the store of the configuration
 * @param help whether only the usage is wanted
 */
record Options(int port, Optional<Path> config, Optional<String> redis, boolean help) {

    static final String USAGE = """
            Usage: ./weir demo [--port N] [--config FILE] [--redis URI | --redis embedded]

              --port N          the port on 127.0.0.1; 8080 unless given, 0 for any that is free
              --config FILE     the configuration; docs/weir.yaml unless given
              --redis URI       keeps the limits in this Redis, whatever the configuration says, such as
                                redis://127.0.0.1:6379; its password, if any, is taken from REDIS_PASSWORD
              --redis embedded  the same in a Redis that is started for this demo and ends with it
              --help            prints this
            """;

    private static final int DEFAULT_PORT = 8080;
    private static final int MAX_PORT = 65_535;

    /** Says what is wrong with a command line. */
    static final class UsageException extends Exception {

        private static final long serialVersionUID = 1;

        UsageException(String message) {
            super(message);
        }
    }

    /**
     * Reads a command line; of an option that is given twice, the last counts.
     *
     * @throws UsageException if it says something unknown
     */
    static Options parse(String... args) throws UsageException {
        int port = DEFAULT_PORT;
        Optional<Path> config = Optional.empty();
        Optional<String> redis = Optional.empty();
        boolean help = false;
        for (Iterator<String> words = List.of(args).iterator(); words.hasNext(); ) {
            String word = words.next();
            switch (word) {
                case "--port" -> port = port(value(word, words));
                case "--config" -> config = Optional.of(Path.of(value(word, words)));
                case "--redis" -> redis = Optional.of(withoutPassword(value(word, words)));
                case "--help", "-h" -> help = true;
                default -> throw new UsageException("There is no option " + word + ".");
            }
        }
        return new Options(port, config, redis, help);
    }

    private static String value(String option, Iterator<String> words) throws UsageException {
        if (!words.hasNext()) {
            throw new UsageException(option + " needs a value.");
        }
        return words.next();
    }

    /** A command line is seen by everybody on the machine, and kept by the shell. What is refused is not repeated. */
    private static String withoutPassword(String redis) throws UsageException {
        int slashes = redis.indexOf("//");
        int at = redis.lastIndexOf('@');
        if (slashes >= 0 && at > slashes && redis.substring(slashes, at).contains(":")) {
            throw new UsageException("The address after --redis holds a password; set it as the variable "
                    + DemoRedis.PASSWORD_VARIABLE + " of the environment instead.");
        }
        return redis;
    }

    private static int port(String text) throws UsageException {
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new UsageException("--port must be 0 to " + MAX_PORT + " but was " + text + ".");
    }
}

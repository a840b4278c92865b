// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import java.util.List;

/**
 * Says all that is wrong with a configuration, one line each: file, line, path of the key, what was found and what would
 * be right.
 *
 * @since 0.1
 */
public final class ConfigurationException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final transient List<String> faults;

    ConfigurationException(String source, List<String> faults) {
        super(message(source, faults));
        this.faults = List.copyOf(faults);
    }

    private static String message(String source, List<String> faults) {
        String count = faults.size() == 1 ? "a fault" : faults.size() + " faults";
        return source + " has " + count + ":\n  " + String.join("\n  ", faults);
    }

    /** {@return the faults in the order of the file} */
    public List<String> faults() {
        return faults == null ? List.of() : faults;
    }
}

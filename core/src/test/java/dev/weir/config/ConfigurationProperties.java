// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import dev.weir.plan.Quota;
import dev.weir.plan.Rule;
import java.util.List;

/** What must hold of every text that is read as a configuration, whoever made it up. */
final class ConfigurationProperties {

    private static final int LONGEST_FAULT = 1500;
    private static final Secrets NONE = new Secrets(name -> null, null);

    private ConfigurationProperties() {}

    /**
     * Reads a text. Answers whether it was right.
     *
     * @throws AssertionError if it was neither read nor refused as it should be
     */
    static boolean check(String source, String text) {
        Configuration configuration;
        try {
            configuration = Configuration.parse(source, text, NONE);
        } catch (ConfigurationException e) {
            checkFaults(text, e.faults());
            return false;
        } catch (Throwable e) {
            throw new AssertionError("reading <" + text + "> must not throw " + e, e);
        }
        for (Rule rule : configuration.rules()) {
            rule.quotas().ifPresent(quotas -> quotas.forEach(quota -> require(quota.capacity() <= Quota.MAX, text)));
            require(rule.cost() >= 1 && rule.cost() <= Quota.MAX, text);
        }
        require(configuration.store().maxKeys() >= 1, text);
        return true;
    }

    private static void checkFaults(String text, List<String> faults) {
        require(!faults.isEmpty() && faults.size() <= 101, text);
        for (String fault : faults) {
            require(fault.length() <= LONGEST_FAULT, text);
            require(fault.chars().noneMatch(ConfigurationProperties::breaksLines), text);
        }
    }

    private static boolean breaksLines(int c) {
        return Character.isISOControl(c) || c == '\u2028' || c == '\u2029' || Character.isSurrogate((char) c);
    }

    private static void require(boolean holds, String text) {
        if (!holds) {
            throw new AssertionError("wrong answer to <" + text + ">");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.spring;

import dev.weir.config.ConfigurationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows the faults of a configuration as Spring Boot shows why an application has failed to start. */
final class ConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<ConfigurationException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ConfigurationException cause) {
        return new FailureAnalysis(
                "Weir cannot start: " + cause.getMessage(),
                "Correct what is named above; docs/configuration.md tells what each key may be.",
                cause);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.spring;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Whether the application says anything to Weir. */
final class Configured implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        return context.getEnvironment() instanceof ConfigurableEnvironment environment
                && new ConfigurationSource(environment, context.getResourceLoader()).isThere();
    }
}

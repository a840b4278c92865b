// SPDX-License-Identifier: Apache-2.0
package dev.weir.spring;

import dev.weir.RateLimitListener;
import dev.weir.RateLimiter;
import dev.weir.RateLimiterBuilder;
import dev.weir.RefusalHandler;
import dev.weir.RequestCost;
import dev.weir.identity.RateLimitKeyResolver;
import dev.weir.plan.ProfileSource;
import dev.weir.servlet.RateLimitFilter;
import dev.weir.store.RateLimitStore;
import dev.weir.time.TimeSource;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;

/**
 * Puts a {@link RateLimiter} before and behind Spring Security, where the application configures one: {@code weir.config}
 * names a file, or the keys of that file stand under {@code weir} in application.yml. With neither it does nothing and says
 * so; {@code weir.enabled=false} switches it off.
 *
 * <p>Beans of the application are used: a {@link RateLimitKeyResolver}, {@link ProfileSource}, {@link RequestCost},
 * {@link RefusalHandler} or {@link RateLimitStore}, every {@link RateLimitListener}, and for {@code store.type: redis} a
 * Lettuce client. A {@link RateLimiter} of its own replaces the one that is made here.
 *
 * <p>Stateless.
 *
 * @since 0.1
 */
@SuppressWarnings("exports") // the import is a matter between Spring and this module
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnProperty(prefix = "weir", name = "enabled", havingValue = "true", matchIfMissing = true)
@Import(LettuceStores.class)
public final class WeirAutoConfiguration {

    private static final Logger LOG = System.getLogger(WeirAutoConfiguration.class.getName());

    /* Design: the order of Spring Security's filter as a number, because the constant that holds it has moved between Boot 3
     * and 4, and because the property may change it. */
    private static final String SECURITY_ORDER = "spring.security.filter.order";
    private static final int USUAL_SECURITY_ORDER = -100;

    /** Made by Spring. */
    public WeirAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean({RateLimiter.class, dev.weir.config.Configuration.class})
    @Conditional(Configured.class)
    dev.weir.config.Configuration weirConfiguration(ConfigurableEnvironment environment, ResourceLoader resources)
            throws IOException {
        return new ConfigurationSource(environment, resources).read();
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnBean(dev.weir.config.Configuration.class)
    @ConditionalOnMissingBean(RateLimiter.class)
    RateLimiter weirRateLimiter(
            dev.weir.config.Configuration configuration,
            ApplicationPorts ports,
            ObjectProvider<RateLimitStore> store,
            ObjectProvider<SharedStores> sharedStores) {
        RateLimiterBuilder builder = RateLimiter.builder(configuration);
        ports.addTo(builder);
        RateLimitStore own = store.getIfAvailable();
        SharedStores shared = own == null ? sharedStores.getIfAvailable() : null;
        RateLimitStore opened = shared == null ? own : shared.open(configuration.store());
        if (opened != null) {
            builder.store(opened);
        }
        return builder.build();
    }

    @Bean
    ApplicationPorts weirApplicationPorts(
            ObjectProvider<RateLimitKeyResolver> resolver,
            ObjectProvider<ProfileSource> profiles,
            ObjectProvider<RequestCost> cost,
            ObjectProvider<RefusalHandler> refusals,
            ObjectProvider<RateLimitListener> listeners,
            ObjectProvider<TimeSource> time) {
        return builder -> {
            resolver.ifAvailable(builder::resolver);
            profiles.ifAvailable(builder::profileSource);
            cost.ifAvailable(builder::requestCost);
            refusals.ifAvailable(builder::refusalHandler);
            listeners.orderedStream().forEach(builder::listener);
            time.ifAvailable(builder::time);
        };
    }

    /** What the application adds to its configuration. */
    @FunctionalInterface
    interface ApplicationPorts {
        void addTo(RateLimiterBuilder builder);
    }

    @Bean
    @ConditionalOnBean(RateLimiter.class)
    FilterRegistrationBean<RateLimitFilter> weirEdgeFilter(RateLimiter limiter, Environment environment) {
        return registration(RateLimitFilter.EDGE_NAME, RateLimitFilter.edge(limiter), securityOrder(environment) - 1);
    }

    @Bean
    @ConditionalOnBean(RateLimiter.class)
    FilterRegistrationBean<RateLimitFilter> weirFilter(RateLimiter limiter, Environment environment) {
        return registration(RateLimitFilter.NAME, new RateLimitFilter(limiter), securityOrder(environment) + 1);
    }

    private static int securityOrder(Environment environment) {
        Integer order = environment.getProperty(SECURITY_ORDER, Integer.class);
        return order == null ? USUAL_SECURITY_ORDER : order;
    }

    private static FilterRegistrationBean<RateLimitFilter> registration(
            String name, RateLimitFilter filter, int order) {
        FilterRegistrationBean<RateLimitFilter> registration = new FilterRegistrationBean<>(filter);
        registration.setName(name);
        registration.setOrder(order);
        registration.setAsyncSupported(true);
        registration.setDispatcherTypes(DispatcherType.REQUEST);
        registration.addUrlPatterns("/*");
        return registration;
    }

    @Bean
    SmartInitializingSingleton weirIdleNotice(ObjectProvider<RateLimiter> limiter) {
        return () -> {
            if (limiter.stream().findAny().isEmpty()) {
                LOG.log(
                        Level.INFO,
                        "Weir limits nothing: there is neither weir.config, nor any other key under weir, nor a bean of type"
                                + " RateLimiter.");
            }
        };
    }
}

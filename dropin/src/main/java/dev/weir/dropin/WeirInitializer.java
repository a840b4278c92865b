// SPDX-License-Identifier: Apache-2.0
package dev.weir.dropin;

import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts the filter in front of an application, if there is a configuration for it. Containers find this class in the JAR,
 * also where web.xml is {@code metadata-complete}, and where the JAR lies beside all applications.
 *
 * <p>The filter stands behind the filters of the application, takes every path, and counts requests of clients. Its
 * configuration is the first that is found of
 *
 * <ol>
 *   <li>what the context-param {@code weir.config} names: {@code /WEB-INF/...}, {@code classpath:...} or a file,
 *   <li>{@code /WEB-INF/weir.yaml},
 *   <li>what the system property {@code weir.config} names,
 *   <li>{@code conf/weir.yaml} below {@code $CATALINA_BASE}, {@code etc/weir.yaml} below {@code $JETTY_BASE}.
 * </ol>
 *
 * <p>With none of them, with {@code weir.enabled} set to {@code false} as a context-param or system property, and where the
 * application has a filter of this name or class already, one line of the log says so, and nothing is done.
 *
 * <p>Not meant to be called by applications. Thread-safe.
 *
 * @since 0.1
 */
public final class WeirInitializer implements ServletContainerInitializer {

    private static final Logger LOG = System.getLogger("dev.weir.dropin");

    /** Makes the initializer, for containers. */
    public WeirInitializer() {}

    /**
     * Registers the filter, which reads its configuration when the container initialises it.
     *
     * @param types ignored
     * @param context the application that starts
     * @throws ServletException if {@code weir.enabled} is neither true nor false
     */
    @Override
    public void onStartup(@Nullable Set<Class<?>> types, ServletContext context) throws ServletException {
        Settings settings = new Settings(context, System.getProperties());
        String name = Namespace.of(context.getContextPath());
        Optional<String> off = settings.offSwitch();
        if (off.isPresent()) {
            say(name, "limits nothing: the " + off.get() + " is false");
            return;
        }
        Optional<String> place = settings.configuration();
        if (place.isEmpty()) {
            say(name, "limits nothing: there is no configuration; looked for " + settings.lookedFor());
            return;
        }
        Optional<String> own = ownFilter(context);
        if (own.isPresent()) {
            say(name, "leaves this application alone: it has the filter " + own.get() + " of its own");
            return;
        }
        register(context, place.get(), name);
    }

    private static void register(ServletContext context, String place, String name) {
        FilterRegistration.Dynamic filter = context.addFilter(RateLimitFilter.NAME, new RateLimitFilter());
        if (filter == null) {
            say(name, "leaves this application alone: it has the filter " + RateLimitFilter.NAME + " of its own");
            return;
        }
        filter.setInitParameter("config", place);
        filter.setInitParameter("namespace", name);
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
        say(name, "limits this application by " + place);
    }

    /** The application may have our class by another class loader, so its name is what counts. */
    private static Optional<String> ownFilter(ServletContext context) {
        return context.getFilterRegistrations().values().stream()
                .filter(filter -> RateLimitFilter.NAME.equals(filter.getName())
                        || RateLimitFilter.class.getName().equals(filter.getClassName()))
                .map(filter -> String.valueOf(filter.getName()))
                .findFirst();
    }

    private static void say(String application, String what) {
        LOG.log(Level.INFO, () -> application + ": Weir " + what);
    }
}

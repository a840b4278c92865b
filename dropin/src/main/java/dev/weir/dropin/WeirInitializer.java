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
 * <p>With {@code weir.edge} set to {@code true}, as a context-param or system property, a second filter of the same limiter
 * stands before the filters of the application: it decides by the rules per address and per everyone, and sees requests that
 * a filter of the application turns away.
 *
 * <p>With no configuration, with {@code weir.enabled} set to {@code false} as a context-param or system property, and where the
 * application has a filter of these names or this class already, one line of the log says so, and nothing is done.
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
     * Registers the filter, or both, which read their configuration when the container initialises them.
     *
     * @param types ignored
     * @param context the application that starts
     * @throws ServletException if {@code weir.enabled} or {@code weir.edge} is neither true nor false
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
            leave(name, own.get());
            return;
        }
        register(context, place.get(), name, settings.hasEdge());
    }

    /* Design: filters that name one configuration and namespace share one limiter, so the two are stages of one. */
    private static void register(ServletContext context, String place, String name, boolean hasEdge) {
        if (!add(context, RateLimitFilter.NAME, "identity", place, name)) {
            leave(name, RateLimitFilter.NAME);
            return;
        }
        boolean both = hasEdge && add(context, RateLimitFilter.EDGE_NAME, "edge", place, name);
        say(name, "limits this application by " + place + (both ? ", before and behind its filters" : ""));
    }

    /** {@return whether there was none of that name} */
    private static boolean add(ServletContext context, String filterName, String stage, String place, String name) {
        FilterRegistration.Dynamic filter = context.addFilter(filterName, new RateLimitFilter());
        if (filter == null) {
            return false;
        }
        filter.setInitParameter("config", place);
        filter.setInitParameter("namespace", name);
        filter.setInitParameter("stage", stage);
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), stage.equals("identity"), "/*");
        return true;
    }

    /** The application may have our class by another class loader, so its name is what counts. */
    private static Optional<String> ownFilter(ServletContext context) {
        return context.getFilterRegistrations().values().stream()
                .filter(filter -> RateLimitFilter.NAME.equals(filter.getName())
                        || RateLimitFilter.EDGE_NAME.equals(filter.getName())
                        || RateLimitFilter.class.getName().equals(filter.getClassName()))
                .map(filter -> String.valueOf(filter.getName()))
                .findFirst();
    }

    private static void leave(String application, String filter) {
        say(application, "leaves this application alone: it has the filter " + filter + " of its own");
    }

    private static void say(String application, String what) {
        LOG.log(Level.INFO, () -> application + ": Weir " + what);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.servlet;

import static java.util.Objects.requireNonNull;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.identity.RateLimitRequest;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;

/**
 * The filter: asks a {@link RateLimiter} about each request, lets it pass with headers, or answers it with the refusal.
 *
 * <p>By code:
 *
 * <pre>{@code
 * RateLimitFilter.register(servletContext, RateLimiter.from(Path.of("weir.yaml")));
 * }</pre>
 *
 * <p>or in web.xml with {@code <async-supported>true</async-supported>}, {@code <dispatcher>REQUEST</dispatcher>} and the
 * init-param {@code config}: {@code /WEB-INF/weir.yaml}, {@code classpath:weir.yaml} or the path of a file. The init-param
 * {@code namespace}, which may be left out, is that of the store, where the configuration names none. Filters of one
 * application that name the same share one limiter.
 *
 * <p>Where another filter authenticates, requests that it turns away never come to a filter behind it. Then put a second
 * one of the same limiter in front, by {@link #registerEdge} or the init-param {@code stage} with the value {@code edge}:
 * it decides by the rules per address and per everyone, and this one by the others. A request that has not come by the
 * edge is decided about by all rules here.
 *
 * <p>A request is charged once, whatever is dispatched afterwards and however often the filter is mapped. What it holds
 * while it is in flight is given back when it really ends, asynchronous requests included. Only {@link #init} throws, and
 * only for a bad configuration; no fault of the limiter makes a request fail.
 *
 * <p>Thread-safe once initialised.
 *
 * @since 0.1
 */
public final class RateLimitFilter implements Filter {

    /** The name under which {@link #register} registers the filter. */
    public static final String NAME = "weir";

    /** The name under which {@link #registerEdge} registers the filter. */
    public static final String EDGE_NAME = "weir-edge";

    private static final String STAGE = "stage";
    private static final Object SEEN = new Object();
    private static final Object NEW = new Object();

    private final boolean ownsLimiter;
    private final Complaints complaints = new Complaints();
    private final Answers answers = new Answers(complaints);
    private final MappingWatch watch = new MappingWatch();
    private @Nullable RateLimiter limiter;
    private String attribute = "";
    private boolean edge;
    private @Nullable SharedLimiters shared;

    /** Makes a filter for web.xml, which is told its configuration by {@link #init}. */
    public RateLimitFilter() {
        this.ownsLimiter = true;
    }

    /**
     * Makes a filter for an application that registers it itself.
     *
     * @param limiter what decides; the application closes it
     */
    public RateLimitFilter(RateLimiter limiter) {
        this(limiter, false);
    }

    private RateLimitFilter(RateLimiter limiter, boolean edge) {
        this.ownsLimiter = false;
        this.edge = edge;
        use(requireNonNull(limiter, "limiter"));
    }

    /**
     * Makes a filter for the first of two stages: it stands before the one that authenticates.
     *
     * @param limiter what decides, the same as behind authentication; the application closes it
     * @return the filter
     */
    public static RateLimitFilter edge(RateLimiter limiter) {
        return new RateLimitFilter(limiter, true);
    }

    /**
     * Registers a filter for every path, behind the filters of web.xml, for requests that clients send. A filter that
     * authenticates has to stand before it: register that one first, where it is registered by code too.
     *
     * @param context the context, while the application starts
     * @param limiter what decides; the application closes it
     * @return the registration
     * @throws IllegalStateException if the application has started, or has registered a filter of this name already
     */
    public static FilterRegistration.Dynamic register(ServletContext context, RateLimiter limiter) {
        return register(context, NAME, new RateLimitFilter(limiter), true);
    }

    /**
     * Registers a filter for every path, before the filters of web.xml, for requests that clients send: the first of two
     * stages, which sees floods that never pass authentication. The second is {@link #register}.
     *
     * @param context the context, while the application starts
     * @param limiter what decides, the same as for {@link #register}; the application closes it
     * @return the registration
     * @throws IllegalStateException if the application has started, or has registered a filter of this name already
     */
    public static FilterRegistration.Dynamic registerEdge(ServletContext context, RateLimiter limiter) {
        return register(context, EDGE_NAME, edge(limiter), false);
    }

    private static FilterRegistration.Dynamic register(
            ServletContext context, String name, RateLimitFilter filter, boolean last) {
        FilterRegistration.Dynamic registration = context.addFilter(name, filter);
        if (registration == null) {
            throw new IllegalStateException(
                    "a filter named " + name + " is registered already; if it was the drop-in JAR, set"
                            + " the context-param weir.enabled to false, or give no configuration to it");
        }
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), last, "/*");
        return registration;
    }

    /* Design: the mark on a request is named for the limiter, so that two filters with the same one charge once, and two
     * with different ones charge each. */
    private void use(RateLimiter decides) {
        this.limiter = decides;
        this.attribute = RateLimitFilter.class.getName() + "." + System.identityHashCode(decides);
    }

    /**
     * Reads the configuration that the init-param {@code config} names, unless the filter was given a limiter.
     *
     * @param config the filter's configuration
     * @throws ServletException if there is no configuration, or it says something wrong, or the init-param {@code stage} is
     *     neither {@code edge} nor {@code identity}; the message has all of it
     */
    @Override
    public void init(FilterConfig config) throws ServletException {
        if (ownsLimiter) {
            edge = isEdge(config);
            SharedLimiters limiters = SharedLimiters.of(config.getServletContext());
            try {
                use(limiters.acquire(config));
                shared = limiters;
            } catch (IllegalArgumentException e) {
                throw new ServletException("Weir cannot start: " + e.getMessage(), e);
            }
        }
    }

    private static boolean isEdge(FilterConfig config) throws ServletException {
        String stage = config.getInitParameter(STAGE);
        if (stage != null && !stage.equals("edge") && !stage.equals("identity")) {
            throw new ServletException("Weir cannot start: the filter " + config.getFilterName()
                    + " has the init-param stage \"" + stage + "\"; it must be edge or identity");
        }
        return "edge".equals(stage);
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        RateLimiter decides = limiter;
        if (decides != null
                && request instanceof HttpServletRequest http
                && response instanceof HttpServletResponse answer) {
            Object mark = mark(http);
            if (mark != SEEN) {
                limit(decides, http, answer, chain, mark instanceof Passage passage ? passage : null);
                return;
            }
        }
        chain.doFilter(request, response);
    }

    /**
     * Marks a request. An error page is no request of the client's, even if the filter sees nothing else of it, nor what it
     * dispatches.
     *
     * @return {@link #SEEN} if there is nothing to decide here, {@link #NEW} if everything, else its passage
     */
    private Object mark(HttpServletRequest request) {
        try {
            Object mark = request.getAttribute(attribute);
            boolean error = request.getDispatcherType() == DispatcherType.ERROR;
            Passage passage = mark instanceof Passage known && known.isOf(limiter) ? known : null;
            if (passage != null && !edge && passage.enterIdentity() && !error) {
                watch.entered(request);
                return passage;
            }
            if (passage != null || mark == limiter) {
                watch.seenAgain(request, edge && mark == limiter);
                return SEEN;
            }
            Object made = edge && !error ? new Passage(requireNonNull(limiter)) : limiter;
            request.setAttribute(attribute, made);
            watch.entered(request);
            return error ? SEEN : made instanceof Passage ? made : NEW;
        } catch (Throwable e) {
            complaints.addUnlessFatal("A request cannot be marked, and may be counted twice.", e);
            return NEW;
        }
    }

    private void limit(
            RateLimiter decides,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain,
            @Nullable Passage passage)
            throws IOException, ServletException {
        RateLimitRequest seen = new ServletRateLimitRequest(request);
        Decision decision = decide(decides, seen, passage);
        if (decision == null) {
            chain.doFilter(request, response);
            return;
        }
        if (decision.isAdmitted()) {
            pass(new Ending(decides, decision, response, passage), request, response, chain);
            return;
        }
        try {
            answers.refuse(decides, decision, seen, request, response);
        } finally {
            decides.complete(decision, 0);
        }
    }

    /** What the limiter calls is guarded there; this guards against what cannot happen. */
    private @Nullable Decision decide(RateLimiter decides, RateLimitRequest request, @Nullable Passage passage) {
        try {
            if (passage == null) {
                return decides.decide(request);
            }
            Decision before = passage.edge();
            Decision decision = edge
                    ? decides.decideEdge(request)
                    : before == null ? decides.decide(request) : decides.decideAfter(before, request);
            passage.decided(decision);
            return decision;
        } catch (Throwable e) {
            complaints.addUnlessFatal("The limiter failed; requests pass uncounted.", e);
            return null;
        }
    }

    private void pass(Ending ending, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        boolean returned = false;
        try {
            answers.tryWriteHeaders(ending.limiter(), ending.decision(), request, response);
            chain.doFilter(request, response);
            returned = true;
        } finally {
            if (!returned) {
                ending.threw();
            } else if (goesOn(request)) {
                ending.await(request);
            } else {
                ending.now();
            }
        }
    }

    private boolean goesOn(HttpServletRequest request) {
        try {
            return request.isAsyncStarted();
        } catch (Throwable e) {
            complaints.addUnlessFatal("A request does not tell whether it goes on; it counts as ended.", e);
            return false;
        }
    }

    /** Closes the limiter that {@link #init} has made, unless another filter still uses it. */
    @Override
    public void destroy() {
        if (shared != null && limiter != null) {
            shared.release(limiter);
            shared = null;
        }
    }
}

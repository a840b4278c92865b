// SPDX-License-Identifier: Apache-2.0
package dev.weir.servlet;

import static java.util.Objects.requireNonNull;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.Refusal;
import dev.weir.identity.RateLimitRequest;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
 * {@code namespace}, which may be left out, is that of the store, where the configuration names none.
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

    private final boolean ownsLimiter;
    private final Complaints complaints = new Complaints();
    private @Nullable RateLimiter limiter;
    private String attribute = "";

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
        this.ownsLimiter = false;
        use(requireNonNull(limiter, "limiter"));
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
        FilterRegistration.Dynamic registration = context.addFilter(NAME, new RateLimitFilter(limiter));
        if (registration == null) {
            throw new IllegalStateException(
                    "a filter named " + NAME + " is registered already; if it was the drop-in JAR, set"
                            + " the context-param weir.enabled to false, or give no configuration to it");
        }
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
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
     * @throws ServletException if there is no configuration, or it says something wrong; the message has all of it
     */
    @Override
    public void init(FilterConfig config) throws ServletException {
        if (ownsLimiter) {
            try {
                use(RateLimiter.builder(ConfigurationLocation.read(config)).build());
            } catch (IllegalArgumentException e) {
                throw new ServletException("Weir cannot start: " + e.getMessage(), e);
            }
        }
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        RateLimiter decides = limiter;
        if (decides != null
                && request instanceof HttpServletRequest http
                && response instanceof HttpServletResponse answer
                && markIfNew(http)) {
            limit(decides, http, answer, chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    /** An error page is no request of the client's, even if the filter sees nothing else of it, nor what it dispatches. */
    private boolean markIfNew(HttpServletRequest request) {
        try {
            if (request.getAttribute(attribute) == limiter) {
                return false;
            }
            request.setAttribute(attribute, limiter);
            return request.getDispatcherType() != DispatcherType.ERROR;
        } catch (Throwable e) {
            complaints.addUnlessFatal("A request cannot be marked, and may be counted twice.", e);
            return true;
        }
    }

    private void limit(RateLimiter decides, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        RateLimitRequest seen = new ServletRateLimitRequest(request);
        Decision decision = decide(decides, seen);
        if (decision == null) {
            chain.doFilter(request, response);
            return;
        }
        if (decision.isAdmitted()) {
            pass(decides, decision, request, response, chain);
            return;
        }
        try {
            refuse(decides, decision, seen, request, response);
        } finally {
            decides.complete(decision, 0);
        }
    }

    /** What the limiter calls is guarded there; this guards against what cannot happen. */
    private @Nullable Decision decide(RateLimiter decides, RateLimitRequest request) {
        try {
            return decides.decide(request);
        } catch (Throwable e) {
            complaints.addUnlessFatal("The limiter failed; requests pass uncounted.", e);
            return null;
        }
    }

    private void pass(
            RateLimiter decides,
            Decision decision,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain)
            throws IOException, ServletException {
        Ending ending = new Ending(decides, decision, response);
        boolean returned = false;
        try {
            tryWriteHeaders(decides, decision, request, response);
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

    /** A response that a filter has wrapped badly goes without the headers. */
    private void tryWriteHeaders(
            RateLimiter decides, Decision decision, HttpServletRequest request, HttpServletResponse response) {
        try {
            writeHeaders(decides, decision, request, response);
        } catch (Throwable e) {
            complaints.addUnlessFatal("The rate-limit headers cannot be written.", e);
        }
    }

    private static void writeHeaders(
            RateLimiter decides, Decision decision, HttpServletRequest request, HttpServletResponse response) {
        if (decision.status() == Decision.Status.EXEMPT || response.isCommitted()) {
            return;
        }
        decides.headers(decision, response::setHeader);
        if (request.getHeader("Origin") != null) {
            response.addHeader("Access-Control-Expose-Headers", decides.exposedHeaders());
        }
    }

    private void refuse(
            RateLimiter decides,
            Decision decision,
            RateLimitRequest seen,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        Refusal refusal = decides.refusal(seen, decision);
        try {
            if (response.isCommitted()) {
                complaints.add("A request is refused, but a filter before this one has sent an answer already. Put the"
                        + " RateLimitFilter before it.");
                return;
            }
            response.setStatus(refusal.status());
            response.resetBuffer();
            tryWriteHeaders(decides, decision, request, response);
            writeBody(refusal, response);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            complaints.addUnlessFatal("A refusal cannot be written whole.", e);
        }
    }

    private static void writeBody(Refusal refusal, HttpServletResponse response) throws IOException {
        refusal.headers().forEach(response::setHeader);
        byte[] body = refusal.body();
        if (refusal.contentType() != null) {
            response.setContentType(refusal.contentType());
        }
        ServletOutputStream out;
        try {
            out = response.getOutputStream();
        } catch (IllegalStateException e) {
            // A filter before this one has asked for the writer, whose encoding may need another length.
            response.getWriter().write(new String(body, StandardCharsets.UTF_8));
            return;
        }
        response.setContentLength(body.length);
        out.write(body);
    }

    /** Closes the limiter that {@link #init} has made. */
    @Override
    public void destroy() {
        if (ownsLimiter && limiter != null) {
            limiter.close();
        }
    }
}

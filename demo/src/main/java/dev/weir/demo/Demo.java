// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import dev.weir.RateLimiter;
import dev.weir.plan.Profile;
import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import java.io.IOException;
import java.net.URI;
import java.util.EnumSet;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The running demo: Jetty on 127.0.0.1, whose {@code /api/*}, {@code /runner/*} and {@code /login} stand behind the authentication of the
 * demo and then behind the rate limiter. Thread-safe. Close it to free the port.
 */
final class Demo implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final List<String> LIMITED = List.of("/api/*", "/login", "/runner/*");
    private static final long STOP_MILLIS = 1_000;

    private final RateLimiter limiter;
    private final Runner runner;
    private final Server server;
    private final ServerConnector connector;

    private Demo(RateLimiter limiter, int port) {
        this.limiter = limiter;
        this.runner = new Runner(limiter.securityPolicy());
        provide(limiter);
        QueuedThreadPool threads = new QueuedThreadPool();
        threads.setName("demo");
        threads.setStopTimeout(STOP_MILLIS);
        this.server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        this.connector = new ServerConnector(server, new HttpConnectionFactory(http));
        connector.setHost(HOST);
        connector.setPort(port);
        server.addConnector(connector);
        server.setHandler(context());
    }

    /**
     * Starts the demo.
     *
     * @param limiter what decides; closed with the demo
     * @param port the port, 0 for any that is free
     * @throws IOException if the port cannot be had
     */
    static Demo start(RateLimiter limiter, int port) throws IOException {
        Demo demo = new Demo(limiter, port);
        try {
            demo.connector.open();
            demo.server.start();
            return demo;
        } catch (IOException e) {
            demo.close();
            throw e;
        } catch (Exception e) {
            demo.close();
            throw new IllegalStateException("Jetty did not start", e);
        }
    }

    /** The caller who acts for many needs more than one of them, unless the configuration says what he has. */
    private static void provide(RateLimiter limiter) {
        for (Caller caller : Caller.ALL) {
            boolean listed = limiter.configuration().plans().users().containsKey(caller.name());
            if (caller.isTrusted() && !listed) {
                try {
                    limiter.profiles().put(caller.identity(), Profile.ofTier("enterprise"));
                } catch (IllegalArgumentException e) {
                    // The configuration has redefined that tier without the numbers of its rules: he has the default
                    // one.
                }
            }
        }
    }

    private ServletContextHandler context() {
        ServletContextHandler context = new ServletContextHandler();
        context.setContextPath("/");
        addFilter(context, new AuthenticationFilter());
        addFilter(context, new RateLimitFilter(limiter));
        addServlet(context, new HelloServlet(), "/api/hello");
        addServlet(context, new SlowServlet(), "/api/slow");
        addServlet(context, new LoginServlet(), "/login");
        addServlet(context, new RunnerServlet(runner, limiter.securityPolicy()), "/runner/*");
        addServlet(
                context,
                new StateServlet(new Standings(limiter), new RunnerState(runner, limiter.securityPolicy())),
                "/demo/state");
        addServlet(context, new PageServlet(), "/");
        return context;
    }

    private static void addFilter(ServletContextHandler context, Filter filter) {
        FilterHolder holder = new FilterHolder(filter);
        holder.setAsyncSupported(true);
        for (String path : LIMITED) {
            context.addFilter(holder, path, EnumSet.of(DispatcherType.REQUEST));
        }
    }

    private static void addServlet(ServletContextHandler context, Servlet servlet, String path) {
        ServletHolder holder = new ServletHolder(servlet);
        holder.setAsyncSupported(true);
        context.addServlet(holder, path);
    }

    /** {@return the address of the page, with a slash at its end} */
    URI address() {
        return URI.create("http://" + HOST + ":" + connector.getLocalPort() + "/");
    }

    /** {@return the limiter} */
    RateLimiter limiter() {
        return limiter;
    }

    /** Waits until the demo is closed. */
    void join() throws InterruptedException {
        server.join();
    }

    /** Stops the server and the limiter; closing again has no effect. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("Jetty did not stop", e);
        } finally {
            connector.close();
            limiter.close();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.story;

import dev.weir.RateLimiter;
import dev.weir.servlet.RateLimitFilter;
import dev.weir.time.TimeSource;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * A small service on a real Jetty with the reference configuration. A caller is written {@code tenant/user} or
 * {@code user}; no caller is an anonymous one.
 */
final class Shop implements AutoCloseable {

    private static final String CALLER = "Caller";

    private final HttpClient client = HttpClient.newHttpClient();
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server);
    private final RateLimiter limiter;

    Shop(String yaml, TimeSource time) throws Exception {
        Path file = Files.createTempDirectory(Path.of(System.getProperty("weir.root"), "it-tests", "target"), "shop")
                .resolve("weir.yaml");
        Files.writeString(file, yaml);
        limiter = RateLimiter.builder(file).time(time).build();
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        EnumSet<DispatcherType> requests = EnumSet.of(DispatcherType.REQUEST);
        context.addFilter(new FilterHolder(new Authentication()), "/*", requests);
        context.addFilter(new FilterHolder(new RateLimitFilter(limiter)), "/*", requests);
        context.addServlet(new ServletHolder(new Goods()), "/*");
        server.setHandler(context);
        server.start();
    }

    static String reference() throws IOException {
        return Files.readString(Path.of(System.getProperty("weir.root"), "docs", "weir.yaml"));
    }

    RateLimiter limiter() {
        return limiter;
    }

    private HttpRequest.Builder request(String caller, String path) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + connector.getLocalPort() + path))
                .timeout(Duration.ofSeconds(30));
        return caller.isEmpty() ? builder : builder.header(CALLER, caller);
    }

    HttpResponse<String> get(String caller, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder builder = request(caller, "/api/hello");
        if (headers.length > 0) {
            builder.headers(headers);
        }
        return client.send(builder.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> login(String password) throws IOException, InterruptedException {
        HttpRequest login = request("", "/login")
                .POST(HttpRequest.BodyPublishers.ofString(password))
                .build();
        return client.send(login, HttpResponse.BodyHandlers.ofString());
    }

    /** Sends all at once and answers how many of them passed. */
    long passed(int times, String caller) {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            answers.add(client.sendAsync(request(caller, "/api/hello").build(), HttpResponse.BodyHandlers.ofString()));
        }
        return answers.stream()
                .map(CompletableFuture::join)
                .filter(answer -> answer.statusCode() == 200)
                .count();
    }

    @Override
    public void close() throws Exception {
        server.stop();
        limiter.close();
    }

    /** Believes what the caller says of himself, as only a test may. */
    static final class Authentication extends HttpFilter {
        private static final long serialVersionUID = 1;

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            String caller = request.getHeader(CALLER);
            if (caller == null) {
                chain.doFilter(request, response);
                return;
            }
            int slash = caller.indexOf('/');
            if (slash > 0) {
                request.setAttribute("tenantId", caller.substring(0, slash));
            }
            Principal principal = () -> caller.substring(slash + 1);
            chain.doFilter(
                    new HttpServletRequestWrapper(request) {
                        @Override
                        public Principal getUserPrincipal() {
                            return principal;
                        }
                    },
                    response);
        }
    }

    /** Says hello, and lets in whoever knows the password. */
    static final class Goods extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().write("hello");
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String password = request.getReader().readLine();
            response.setStatus("right".equals(password) ? 200 : 401);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpSession;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What Weir says, once, of a place in which it cannot do what was meant; and that it says nothing where all is well. */
class StartChecksTest {

    private static final String PER_IP = "rules: [{name: address, per: ip, rate: 100000/hour}]\n";
    private static final EnumSet<DispatcherType> REQUEST = EnumSet.of(DispatcherType.REQUEST);

    @TempDir
    Path folder;

    /** Calls the application, then answers what was said. */
    private List<String> said(Containers kind, WebApp app, Calls calls) throws Exception {
        app.servlet("/", (request, response) -> response.getWriter().print("hello"))
                .servlet("/async", (request, response) -> {
                    var async = request.startAsync();
                    async.start(async::complete);
                })
                .servlet(
                        "/dispatch", (request, response) -> request.startAsync().dispatch("/"));
        try (LogCapture log = new LogCapture();
                Container container = kind.start(app, Files.createTempDirectory(folder, "work"))) {
            calls.make(container);
            return log.texts(name -> true).stream()
                    .filter(line -> line.startsWith("WEIR-"))
                    .toList();
        }
    }

    @FunctionalInterface
    private interface Calls {
        void make(Container container);
    }

    private static void assertOne(List<String> said, String code) {
        assertThat(said).hasSize(1);
        assertThat(said.get(0)).startsWith(code + ": ").contains("logged once");
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void allIsWell_nothingIsSaid(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(PER_IP)) {
            WebApp app = new WebApp()
                    .step(context -> RateLimitFilter.registerEdge(context, limiter))
                    .step(context -> RateLimitFilter.register(context, limiter))
                    .errorPage(500, "/")
                    .servlet("/fails", (request, response) -> response.sendError(500))
                    .servlet(
                            "/forward",
                            (request, response) ->
                                    request.getRequestDispatcher("/").forward(request, response))
                    .step(context -> {
                        var sync = context.addServlet("sync", new jakarta.servlet.http.HttpServlet() {});
                        sync.addMapping("/sync");
                    });
            assertThat(said(kind, app, container -> {
                        for (String path : List.of("/", "/async", "/dispatch", "/fails", "/forward", "/sync")) {
                            Http.get(container, path);
                        }
                    }))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void registeredTwice(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(PER_IP)) {
            WebApp app = new WebApp()
                    .filter(new RateLimitFilter(limiter), REQUEST, 1)
                    .filter(new RateLimitFilter(limiter), REQUEST, 1);
            assertOne(said(kind, app, container -> repeat(3, () -> Http.get(container, "/"))), "WEIR-001");
            WebApp edges = new WebApp()
                    .filter(RateLimitFilter.edge(limiter), REQUEST, 1)
                    .filter(RateLimitFilter.edge(limiter), REQUEST, 1)
                    .filter(new RateLimitFilter(limiter), REQUEST, 1);
            assertOne(said(kind, edges, container -> Http.get(container, "/")), "WEIR-001");
            WebApp behindAnEdge = new WebApp()
                    .filter(RateLimitFilter.edge(limiter), REQUEST, 1)
                    .filter(new RateLimitFilter(limiter), REQUEST, 1)
                    .filter(new RateLimitFilter(limiter), REQUEST, 1);
            assertOne(said(kind, behindAnEdge, container -> Http.get(container, "/")), "WEIR-001");
        }
    }

    /** Tomcat leaves a filter out that its chain has already; Jetty calls it again. */
    @ParameterizedTest
    @EnumSource(Containers.class)
    void mappedTwice_isCalledAgainByJettyOnly(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(PER_IP)) {
            WebApp app = new WebApp().filter(new RateLimitFilter(limiter), REQUEST, 2);
            List<String> said = said(kind, app, container -> repeat(3, () -> Http.get(container, "/")));
            if (kind == Containers.JETTY) {
                assertOne(said, "WEIR-001");
            } else {
                assertThat(said).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void mappedWithoutADispatcher_isCalledAgainByJettyOnly(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(PER_IP)) {
            WebApp app = new WebApp().describedFilter(new RateLimitFilter(limiter));
            List<String> said = said(kind, app, container -> repeat(3, () -> Http.get(container, "/dispatch")));
            if (kind == Containers.JETTY) {
                assertOne(said, "WEIR-002");
            } else {
                assertThat(said).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void behindAFilterThatIsNotAsync(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(PER_IP)) {
            WebApp app = new WebApp()
                    .step(context -> {
                        Filter sync = (request, response, chain) -> chain.doFilter(request, response);
                        FilterRegistration.Dynamic registration = context.addFilter("sync", sync);
                        registration.setAsyncSupported(false);
                        registration.addMappingForUrlPatterns(REQUEST, true, "/*");
                    })
                    .step(context -> RateLimitFilter.register(context, limiter));
            assertOne(said(kind, app, container -> repeat(3, () -> Http.get(container, "/"))), "WEIR-003");
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void forwardingHeadersWhileNoProxyIsTrusted(Containers kind) throws Exception {
        for (String header : List.of("X-Forwarded-For: 203.0.113.9", "Forwarded: for=203.0.113.9")) {
            try (RateLimiter limiter = Limiters.of(PER_IP)) {
                WebApp app = new WebApp().step(context -> RateLimitFilter.register(context, limiter));
                List<String> said = said(kind, app, container -> repeat(3, () -> Http.get(container, "/", header)));
                assertThat(said).hasSize(1);
                assertThat(said.get(0)).startsWith("WEIR-004: ");
            }
        }
        try (RateLimiter limiter = Limiters.of("identity: {ip: {trusted-proxies: [127.0.0.1/32]}}\n" + PER_IP)) {
            WebApp app = new WebApp().step(context -> RateLimitFilter.register(context, limiter));
            assertThat(said(kind, app, container -> Http.get(container, "/", "X-Forwarded-For: 203.0.113.9")))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void inFrontOfAuthentication_everybodyIsAnonymous(Containers kind) throws Exception {
        String rules = "rules: [{name: user, per: user, rate: 100/hour}]\n";
        String carol = BasicAuth.header("carol", "right");
        try (RateLimiter limiter = Limiters.of(rules)) {
            WebApp app = new WebApp()
                    .filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)
                    .filter(new BasicAuth(), DispatcherType.REQUEST);
            assertThat(said(kind, app, container -> repeat(19, () -> Http.get(container, "/", carol))))
                    .isEmpty();
            assertOne(said(kind, app, container -> repeat(25, () -> Http.get(container, "/", carol))), "WEIR-005");
        }
        try (RateLimiter limiter = Limiters.of(rules)) {
            WebApp app = new WebApp()
                    .filter(RateLimitFilter.edge(limiter), DispatcherType.REQUEST)
                    .filter(new BasicAuth(), DispatcherType.REQUEST)
                    .filter(new RateLimitFilter(limiter), DispatcherType.REQUEST);
            assertThat(said(kind, app, container -> repeat(25, () -> Http.get(container, "/", carol))))
                    .isEmpty();
        }
        try (RateLimiter limiter = Limiters.of(PER_IP)) {
            WebApp app = new WebApp().filter(new RateLimitFilter(limiter), DispatcherType.REQUEST);
            assertThat(said(kind, app, container -> repeat(25, () -> Http.get(container, "/", carol))))
                    .as("rules that ask nobody's name")
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void identityHeaderOfAPeerThatIsNotListed(Containers kind) throws Exception {
        String rules = "identity: {tenant: [{header: X-Tenant-Id, trusted-peers: [PEER]}]}\n" + PER_IP;
        try (RateLimiter limiter = Limiters.of(rules.replace("PEER", "10.0.0.0/8"))) {
            WebApp app = new WebApp().filter(new RateLimitFilter(limiter), DispatcherType.REQUEST);
            assertOne(
                    said(kind, app, container -> repeat(3, () -> Http.get(container, "/", "X-Tenant-Id: acme"))),
                    "WEIR-006");
        }
        try (RateLimiter limiter = Limiters.of(rules.replace("PEER", "127.0.0.1/32"))) {
            WebApp app = new WebApp().filter(new RateLimitFilter(limiter), DispatcherType.REQUEST);
            assertThat(said(kind, app, container -> Http.get(container, "/", "X-Tenant-Id: acme")))
                    .isEmpty();
        }
    }

    /** As Spring Session: a filter that keeps sessions itself, known by a cookie of its own. */
    private static Filter sessions() {
        HttpSession session = (HttpSession) Proxy.newProxyInstance(
                HttpSession.class.getClassLoader(),
                new Class<?>[] {HttpSession.class},
                (proxy, method, arguments) -> method.getName().equals("getAttribute") ? "acme" : null);
        return (request, response, chain) -> chain.doFilter(
                new HttpServletRequestWrapper((HttpServletRequest) request) {
                    @Override
                    public HttpSession getSession(boolean create) {
                        return session;
                    }
                },
                response);
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void sessionSourceInFrontOfTheFilterThatProvidesSessions(Containers kind) throws Exception {
        String rules = "identity: {tenant: [{session: tenantId}]}\n" + PER_IP;
        try (RateLimiter limiter = Limiters.of(rules)) {
            WebApp app = new WebApp()
                    .filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)
                    .filter(sessions(), DispatcherType.REQUEST);
            assertOne(
                    said(kind, app, container -> repeat(110, () -> Http.get(container, "/", "Cookie: SESSION=abc"))),
                    "WEIR-007");
        }
        try (RateLimiter limiter = Limiters.of(rules)) {
            WebApp app = new WebApp()
                    .filter(sessions(), DispatcherType.REQUEST)
                    .filter(new RateLimitFilter(limiter), DispatcherType.REQUEST);
            assertThat(said(kind, app, container -> repeat(110, () -> Http.get(container, "/", "Cookie: SESSION=abc"))))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void edgeBehindTheOtherStage(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(PER_IP)) {
            WebApp app = new WebApp()
                    .filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)
                    .filter(RateLimitFilter.edge(limiter), DispatcherType.REQUEST);
            assertOne(said(kind, app, container -> repeat(3, () -> Http.get(container, "/"))), "WEIR-009");
        }
    }

    private static void repeat(int times, Runnable call) {
        for (int i = 0; i < times; i++) {
            call.run();
        }
    }
}

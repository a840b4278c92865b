// SPDX-License-Identifier: Apache-2.0
package dev.weir.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.File;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.catalina.Context;
import org.apache.catalina.startup.ContextConfig;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every snippet of the README is compiled and run. */
class ReadmeTest {

    private static final Path ROOT = Path.of(System.getProperty("weir.root"));
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static String readme = "";

    @BeforeAll
    static void readAndWriteTheConfigurationWhereTheSnippetsLookForIt() throws IOException {
        readme = Files.readString(ROOT.resolve("README.md"));
        Files.writeString(Path.of("weir.yaml"), blocks("yaml").get(0));
    }

    private static List<String> blocks(String language) {
        Matcher matcher = Pattern.compile("^```" + language + "\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(readme);
        List<String> blocks = new ArrayList<>();
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        assertThat(blocks).isNotEmpty();
        return blocks;
    }

    private static String blockWith(String language, String text) {
        return blocks(language).stream()
                .filter(block -> block.contains(text))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void javaSnippets_standInTheClassThatIsRun() throws IOException {
        String source = Files.readString(ROOT.resolve("it-tests/src/test/java/dev/weir/readme/ReadmeSnippets.java"));
        for (String snippet : blocks("java")) {
            String[] lines = snippet.lines().map(ReadmeTest::squeeze).toArray(String[]::new);
            assertThat(squeeze(source)).containsSubsequence(lines);
        }
    }

    private static String squeeze(String code) {
        return code.replaceAll("\\s+", "");
    }

    @Test
    void inCode_registersTheFilter() throws Exception {
        List<RateLimiter> limiters = new ArrayList<>();
        Server server = jetty(new ServletContextListener() {
            @Override
            public void contextInitialized(ServletContextEvent event) {
                limiters.add(new ReadmeSnippets().inCode(event.getServletContext()));
            }
        });
        try (RateLimiter limiter = limiters.get(0)) {
            HttpResponse<String> answer = get(port(server), "/api/hello");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("X-RateLimit-Limit")).hasValue("10");
            HttpResponse<String> known = get(port(server), "/api/hello?user=fred");
            assertThat(known.headers().firstValue("X-RateLimit-Limit"))
                    .as("the filter stands behind the one that authenticates")
                    .hasValue("20");
            assertThat(limiter.inFlight()).isZero();
        } finally {
            server.stop();
        }
    }

    @Test
    void whoIsCalling_buildsALimiter() {
        try (RateLimiter limiter = new ReadmeSnippets().whoIsCalling()) {
            assertThat(limiter.configuration().rules()).hasSize(2);
        }
    }

    @Test
    void anythingElse_refusesTheEleventhAndSaysHowLongToWait() {
        assertThat(new ReadmeSnippets().anythingElse(11))
                .singleElement()
                .satisfies(wait -> assertThat(wait).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(1)));
    }

    @Test
    void whoMisbehaves_isRecordedAndShown() {
        try (RateLimiter limiter = RateLimiter.builder(Configuration.parse(
                        "weir.yaml",
                        blockWith("yaml", "overload: {}").replace("anomalies: {}", "anomalies: {file: none}")))
                .build()) {
            List<Object> shown = new ReadmeSnippets().whoMisbehaves(limiter);
            assertThat(shown.get(0)).isEqualTo(List.of());
            assertThat(limiter.anomalies().byUser("user123")).isEqualTo(List.of(shown.get(2)));
            assertThat(limiter.configuration().overload()).isPresent();
        }
    }

    @Test
    void testYourLimits_passes() {
        new ReadmeSnippets().testYourLimits();
    }

    @Test
    void mistakes_areReportedAsShown() {
        String shown = readme.substring(readme.indexOf("weir.yaml has 2 faults"));
        String expected = shown.substring(0, shown.indexOf("\n```"));
        String mistaken = blocks("yaml").get(0).replace("30/min}", "30/minute}").replace("tier: pro", "tier: pr");
        assertThatThrownBy(() -> Configuration.parse("weir.yaml", mistaken)).hasMessage(expected);
    }

    @Test
    void webXml_asShownWorksOnTomcat(@TempDir Path folder) throws Exception {
        Path webInf = Files.createDirectories(folder.resolve("app/WEB-INF"));
        Files.writeString(webInf.resolve("weir.yaml"), blocks("yaml").get(0));
        Files.writeString(
                webInf.resolve("web.xml"),
                "<web-app xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"6.0\">\n"
                        + blockWith("xml", "<filter>") + "</web-app>\n");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(folder.toString());
        tomcat.setPort(0);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        Context context = tomcat.addContext("", new File(folder.toFile(), "app").getAbsolutePath());
        context.addLifecycleListener(new ContextConfig());
        context.setParentClassLoader(getClass().getClassLoader());
        Tomcat.addServlet(context, "hello", new Hello()).addMapping("/api/hello");
        tomcat.start();
        try {
            HttpResponse<String> answer = get(tomcat.getConnector().getLocalPort(), "/api/hello");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("X-RateLimit-Remaining")).hasValue("9");
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    private static Server jetty(ServletContextListener listener) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler handler = new ServletContextHandler("/");
        handler.addFilter(new FilterHolder(new Authentication()), "/*", EnumSet.of(DispatcherType.REQUEST));
        handler.addServlet(new ServletHolder(new Hello()), "/*");
        handler.addEventListener(listener);
        server.setHandler(handler);
        server.start();
        return server;
    }

    private static int port(Server server) {
        return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    }

    private static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(30))
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Believes whom the query names. */
    static final class Authentication extends HttpFilter {
        private static final long serialVersionUID = 1;

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            String query = request.getQueryString();
            Principal principal = () -> String.valueOf(query).substring("user=".length());
            HttpServletRequest known = new HttpServletRequestWrapper(request) {
                @Override
                public Principal getUserPrincipal() {
                    return principal;
                }
            };
            chain.doFilter(query == null ? request : known, response);
        }
    }

    /** Says hello. */
    static final class Hello extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("text/plain");
            response.getWriter().write("hello");
        }
    }
}

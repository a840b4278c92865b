// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.containers.app.HelloServlet;
import dev.weir.containers.app.ShapesServlet;
import dev.weir.containers.app.ThreadServlet;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.handlers.PathHandler;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContainerInitializer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xnio.Option;
import org.xnio.Options;

/** Undertow, which looks for nothing by itself: whoever embeds it says what there is. */
@Tag("containers")
class UndertowTest {

    private static final String RULE =
            "rules: [{name: api, path: /**, per: ip, rate: 100/hour rolling, concurrent: 1, cost: 2}]\n";

    /** How long Undertow waits for a client that sends nothing, in milliseconds. */
    static final Option<Integer> READ_TIMEOUT = Options.READ_TIMEOUT;

    private static final long MOST_BYTES = 100_000_000;

    @TempDir
    Path folder;

    interface Story {
        void tell(int port) throws Exception;
    }

    /** What other tests have: bodies of any length, and as much time for them as Undertow gives. */
    static Undertow.Builder server() {
        return Undertow.builder().setServerOption(UndertowOptions.MAX_ENTITY_SIZE, MOST_BYTES);
    }

    private static void with(DeploymentInfo info, ClassLoader loader, Undertow.Builder options, Story story)
            throws Exception {
        info.setClassLoader(loader)
                .setContextPath("/shop")
                .setDeploymentName("shop")
                .addServlet(Servlets.servlet("hello", HelloServlet.class).addMapping("/hello"))
                .addServlet(Servlets.servlet("thread", ThreadServlet.class).addMapping("/thread"))
                .addServlet(Servlets.servlet("shapes", ShapesServlet.class)
                        .addMapping("/shape/*")
                        .setAsyncSupported(true));
        DeploymentManager deployed = Servlets.defaultContainer().addDeployment(info);
        deployed.deploy();
        Undertow server = options.addHttpListener(
                        0, "127.0.0.1", new PathHandler().addPrefixPath("/shop", deployed.start()))
                .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
                .build();
        server.start();
        try {
            story.tell(((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort());
        } finally {
            server.stop();
            deployed.stop();
            deployed.undeploy();
        }
    }

    static HttpResponse<String> get(int port, String path, HttpClient.Version version) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(30))
                .version(version)
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static void assertLimits(int port) throws Exception {
        long left = 100;
        for (HttpClient.Version version : HttpClient.Version.values()) {
            for (String shape : new String[] {
                "plain",
                "forward",
                "include",
                "error-page",
                "exception",
                "async-complete",
                "async-dispatch",
                "async-error"
            }) {
                assertThat(get(port, "/shop/shape/" + shape, version).version()).isEqualTo(version);
                left -= 4;
                HttpResponse<String> next = await().atMost(Duration.ofSeconds(20))
                        .pollInterval(Duration.ofMillis(10))
                        .until(() -> get(port, "/shop/hello", version), answer -> answer.statusCode() == 200);
                assertThat(next.headers().firstValueAsLong("X-RateLimit-Remaining"))
                        .as(shape + " by " + version)
                        .hasValue(left);
            }
        }
    }

    private static URLClassLoader jar() throws Exception {
        URLClassLoader loader =
                new URLClassLoader(new URL[] {Jars.dropIn().toUri().toURL()}, UndertowTest.class.getClassLoader());
        assertThat(loader.loadClass("dev.weir.servlet.RateLimitFilter").getClassLoader())
                .as("what loads the class, which must not be on the class path beside the JAR")
                .isSameAs(loader);
        return loader;
    }

    @Test
    void filter_isAddedAsThePageSays() throws Exception {
        Path configuration = Files.writeString(folder.resolve("weir.yaml"), RULE);
        try (URLClassLoader loader = jar()) {
            Class<? extends Filter> type =
                    loader.loadClass("dev.weir.servlet.RateLimitFilter").asSubclass(Filter.class);
            with(UndertowPage.filter(type, configuration.toString()), loader, server(), UndertowTest::assertLimits);
        }
    }

    /** An application with the drop-in JAR. */
    static void withInitializer(Path configuration, Undertow.Builder options, Story story) throws Exception {
        withInitializer(configuration, info -> {}, options, story);
    }

    /** The same, with more to say about the deployment. */
    static void withInitializer(
            Path configuration, Consumer<DeploymentInfo> more, Undertow.Builder options, Story story) throws Exception {
        try (URLClassLoader loader = jar()) {
            Class<? extends ServletContainerInitializer> type =
                    loader.loadClass("dev.weir.dropin.WeirInitializer").asSubclass(ServletContainerInitializer.class);
            DeploymentInfo info = UndertowPage.initializer(type, configuration.toString());
            more.accept(info);
            with(info, loader, options, story);
        }
    }

    @Test
    void page_showsTheCodeThatIsRun() throws Exception {
        UndertowPage.assertIsThePage();
    }

    /** What it says about uploads that are too large for Undertow. */
    @Test
    void serverOfThePage_answersByItselfWhatIsTooLarge() throws Exception {
        Path configuration = Files.writeString(folder.resolve("weir.yaml"), RULE);
        withInitializer(configuration, UndertowPage.server(), port -> {
            try (Upload upload = new Upload(port)) {
                upload.head("/shop/hello", (2 << 20) + 1);
                assertThat(upload.until("\r\n\r\n")).startsWith("HTTP/1.1 413").doesNotContainIgnoringCase("RateLimit");
            }
            assertThat(get(port, "/shop/hello", HttpClient.Version.HTTP_1_1)
                            .headers()
                            .firstValueAsLong("X-RateLimit-Remaining"))
                    .hasValue(98);
        });
    }

    /** A JVM in which nothing else writes into the log. */
    @Test
    void start_warnsOfNothing() throws Exception {
        Path configuration = Files.writeString(folder.resolve("weir.yaml"), RULE);
        try (Running container = UndertowMain.start(Path.of(System.getProperty("java.home")), configuration)) {
            assertThat(container.get("/shop/hello").statusCode()).isEqualTo(200);
            assertThat(container.log()).contains("Weir limits this application by");
            assertThat(container.alarms())
                    .allMatch(alarm -> UndertowMain.OF_UNDERTOW.matcher(alarm).find(), "of Undertow itself");
        }
    }

    @Test
    void initializer_isAddedAsThePageSays() throws Exception {
        Path configuration = Files.writeString(folder.resolve("weir.yaml"), RULE);
        withInitializer(configuration, server(), UndertowTest::assertLimits);
    }

    @Test
    void badConfiguration_stopsTheDeployment() throws Exception {
        Path configuration = Files.writeString(folder.resolve("weir.yaml"), "rules: [{rate: 20}]");
        assertThatThrownBy(() -> withInitializer(configuration, server(), port -> {}))
                .hasStackTraceContaining("Weir cannot start: weir.yaml has");
    }
}

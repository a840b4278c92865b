// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The proxies as docs/install/behind-a-proxy.md sets them up, those that are installed here, before a Tomcat with the JAR:
 * every client has a bucket of his own, and nobody can choose another.
 */
@Tag("containers")
class ProxyTest {

    private static final Pattern LEFT = Pattern.compile("(?i)X-RateLimit-Remaining: ([0-9]+)");
    private static final int PATIENCE_MILLIS = 30_000;

    @TempDir
    Path folder;

    private enum Proxy {
        NGINX("nginx") {
            @Override
            List<String> command(Path folder, int port, int server) throws IOException {
                String block = Page.of("behind-a-proxy")
                        .block("nginx")
                        .replace("listen 80;", "listen 127.0.0.1:" + port + ";")
                        .replace("127.0.0.1:8080", "127.0.0.1:" + server);
                String temporary = Stream.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
                        .map(kind -> kind + "_temp_path " + folder + "; ")
                        .collect(Collectors.joining());
                Path file = Files.writeString(
                        folder.resolve("nginx.conf"),
                        "daemon off; pid " + folder
                                + "/nginx.pid; error_log stderr;\nevents {}\nhttp { access_log off; "
                                + temporary + "\n" + block + "}\n");
                return List.of("nginx", "-p", folder.toString(), "-c", file.toString());
            }
        },
        HAPROXY("haproxy") {
            @Override
            List<String> command(Path folder, int port, int server) throws IOException {
                String block = Page.of("behind-a-proxy")
                        .block("haproxy")
                        .replace("bind :80", "bind 127.0.0.1:" + port)
                        .replace("127.0.0.1:8080", "127.0.0.1:" + server);
                String times = "defaults\n    timeout connect 5s\n    timeout client 30s\n    timeout server 30s\n";
                Path file = Files.writeString(folder.resolve("haproxy.cfg"), times + block);
                return List.of("haproxy", "-db", "-f", file.toString());
            }
        };

        private final String program;

        Proxy(String program) {
            this.program = program;
        }

        abstract List<String> command(Path folder, int port, int server) throws IOException;

        boolean isInstalled() {
            String path = System.getenv("PATH") + ":/usr/sbin:/usr/local/sbin";
            return Arrays.stream(path.split(File.pathSeparator, -1))
                    .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
        }
    }

    static List<Proxy> installed() {
        return Arrays.stream(Proxy.values()).filter(Proxy::isInstalled).toList();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("installed")
    void clients_areToldApartAndCannotChoose(Proxy proxy) throws Exception {
        Path base = Files.createDirectory(folder.resolve("tomcat"));
        Installation tomcat = Distribution.TOMCAT_11
                .install(base)
                .shareJar()
                .shareConfiguration(Page.of("behind-a-proxy").block("yaml")
                        + "  tenant: [{header: X-Tenant-Id, trusted-peers: [127.0.0.1/32]}]\n"
                        + "rules: [{name: api, path: /**, per: identity, rate: 5/hour}]\n")
                .deploy(WebApp.named("shop"));
        try (Running container = tomcat.start()) {
            int port = freePort();
            Path place = Files.createDirectory(folder.resolve("proxy"));
            Process process = new ProcessBuilder(proxy.command(place, port, container.port()))
                    .redirectErrorStream(true)
                    .redirectOutput(place.resolve("log").toFile())
                    .start();
            try {
                await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> left(9, port) == 4);
                assertThat(left(2, port)).isEqualTo(4);
                assertThat(left(2, port, "X-Forwarded-For: 6.6.6.6")).isEqualTo(3);
                assertThat(left(2, port, "X-Forwarded-For: 7.7.7.7, 127.0.0.1")).isEqualTo(2);
                assertThat(left(2, port, "X-Tenant-Id: acme")).isEqualTo(1);
                assertThat(left(3, port, "X-Forwarded-For: 127.0.0.2")).isEqualTo(4);
                assertThat(left(2, port)).isZero();
                assertThat(call(2, port))
                        .startsWith("HTTP/1.1 429")
                        .containsIgnoringCase("Retry-After:")
                        .contains("quota-exceeded");
                assertThat(left(3, port)).isEqualTo(3);
            } finally {
                process.destroy();
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static long left(int from, int port, String... headers) throws IOException {
        String answer = call(from, port, headers);
        Matcher matcher = LEFT.matcher(answer);
        assertThat(matcher.find()).as(answer).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    private static InetAddress loopback(int last) throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    }

    /** From an address of this machine's that no proxy has, as a client elsewhere would come. */
    private static String call(int from, int port, String... headers) throws IOException {
        try (Socket socket = new Socket(loopback(1), port, loopback(from), 0)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            StringBuilder request =
                    new StringBuilder("GET /shop/hello HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n");
            for (String header : headers) {
                request.append(header).append("\r\n");
            }
            socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

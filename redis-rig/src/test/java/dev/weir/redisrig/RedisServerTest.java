// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisServerTest {

    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    private Path folder;

    @Test
    void server_listensOnLoopbackAndSavesNothing() throws IOException {
        try (RedisServer server = RedisServer.start();
                Resp redis = server.connect()) {
            assertThat(server.uri()).isEqualTo("redis://127.0.0.1:" + server.port());
            assertThat(redis.list("CONFIG", "GET", "bind").get(1)).isEqualTo("127.0.0.1");
            assertThat(redis.list("CONFIG", "GET", "save").get(1)).isEqualTo("");
            assertThat(redis.list("CONFIG", "GET", "appendonly").get(1)).isEqualTo("no");
            assertThat(redis.text("INFO", "server"))
                    .contains("redis_version:" + server.version(), "process_id:" + server.pid());
        }
    }

    @Test
    void embeddedBinaryWorksWithoutAnInstalledOne() throws IOException {
        try (RedisServer server =
                        RedisServer.builder().embedded().debugCommand().start();
                Resp redis = server.connect()) {
            assertThat(server.version()).startsWith("6.2.");
            assertThat(redis.text("INFO", "server")).contains("redis_version:" + server.version());
            assertThat(redis.text("DEBUG", "SLEEP", "0")).isEqualTo("OK");
            assertThat(server.folder().resolve("redis-server")).isExecutable();
        }
    }

    @Test
    void embeddedBinaryCanBeChosenForAWholeRun() throws IOException {
        String before = System.getProperty(RedisServerBuilder.CHOICE);
        try {
            System.setProperty(RedisServerBuilder.CHOICE, "embedded");
            try (RedisServer server = RedisServer.start()) {
                assertThat(server.version()).startsWith("6.2.");
            }
            System.setProperty(RedisServerBuilder.CHOICE, "7");
            assertThatThrownBy(RedisServer::start)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("but is 7");
        } finally {
            if (before == null) {
                System.clearProperty(RedisServerBuilder.CHOICE);
            } else {
                System.setProperty(RedisServerBuilder.CHOICE, before);
            }
        }
    }

    @Test
    void binariesAreNamedBySystem() throws IOException {
        assertThat(RedisBinary.resource("Linux", "amd64")).contains("linux-amd64");
        assertThat(RedisBinary.resource("Linux", "aarch64")).contains("linux-arm64");
        assertThat(RedisBinary.resource("Mac OS X", "x86_64")).contains("darwin-amd64");
        assertThat(RedisBinary.resource("Mac OS X", "aarch64")).contains("darwin-arm64");
        assertThatThrownBy(() -> RedisBinary.resource("Windows 11", "amd64")).hasMessageContaining("on the PATH");
        for (String system : List.of("Linux", "Mac OS X")) {
            for (String processor : List.of("amd64", "aarch64")) {
                String name = RedisBinary.resource(system, processor);
                assertThat(getClass().getResource("/" + name)).as(name).isNotNull();
            }
        }
    }

    @Test
    void optionsReachTheServer() throws IOException {
        try (RedisServer server = RedisServer.builder()
                        .option("maxmemory", "5mb")
                        .option("client-output-buffer-limit", "pubsub", "1mb", "0", "0")
                        .debugCommand()
                        .start();
                Resp redis = server.connect()) {
            assertThat(redis.list("CONFIG", "GET", "maxmemory").get(1)).isEqualTo("5242880");
            assertThat(redis.list("CONFIG", "GET", "client-output-buffer-limit").get(1))
                    .asString()
                    .contains("pubsub 1048576 0 0");
            assertThat(redis.text("DEBUG", "SLEEP", "0")).isEqualTo("OK");
        }
    }

    @Test
    void serverWithTls_takesNothingInPlainText() throws IOException {
        TlsFiles files = Certificates.in(folder).files("ip:127.0.0.1", "-1d", 30);
        for (RedisServerBuilder builder :
                List.of(RedisServer.builder(), RedisServer.builder().embedded())) {
            try (RedisServer server = builder.tls(files).start();
                    Resp redis = server.connect();
                    Resp plain = Resp.connect(server.port())) {
                assertThat(server.uri()).isEqualTo("rediss://127.0.0.1:" + server.port());
                assertThat(redis.text("PING")).isEqualTo("PONG");
                assertThat(redis.list("CONFIG", "GET", "port").get(1)).isEqualTo("0");
                assertThatThrownBy(() -> plain.command("PING")).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void binaryWithoutTls_isFoundOut() throws IOException {
        Path binary = folder.resolve("redis-server");
        Files.writeString(binary, "#!/bin/sh\necho Bad directive or wrong number of arguments\nexit 1\n");
        Files.setPosixFilePermissions(binary, PosixFilePermissions.fromString("rwx------"));
        assertThat(new RedisBinary(binary, "7.0.0").speaksTls()).isFalse();
    }

    @Test
    void passwordIsDemandedAndGiven() throws IOException {
        try (RedisServer server = RedisServer.builder().password("s3cret").start();
                Resp inside = server.connect();
                Resp outside = Resp.connect(server.port())) {
            assertThat(inside.text("PING")).isEqualTo("PONG");
            assertThatThrownBy(() -> outside.command("PING")).hasMessageStartingWith("NOAUTH ");
            assertThat(server.uri()).doesNotContain("s3cret");
        }
    }

    @Test
    void killedServerIsGone() throws IOException {
        try (RedisServer server = RedisServer.start()) {
            long pid = server.pid();

            server.kill();
            server.kill();

            assertThat(server.isAlive()).isFalse();
            assertThat(lives(pid)).isFalse();
            assertThatThrownBy(server::connect).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void restartedServerHasThePortAndNoData() throws IOException {
        try (RedisServer server = RedisServer.start()) {
            long before = server.pid();
            try (Resp redis = server.connect()) {
                redis.command("SET", "a", "1");
            }

            server.restart();

            assertThat(server.pid()).isNotEqualTo(before);
            assertThat(lives(before)).isFalse();
            try (Resp redis = server.connect()) {
                assertThat(redis.command("GET", "a")).isNull();
            }
        }
    }

    @Test
    void restartedServerHasWhatWasSaved() throws IOException {
        try (RedisServer server = RedisServer.start()) {
            try (Resp redis = server.connect()) {
                redis.command("SET", "a", "1");
                redis.command("SAVE");
            }
            assertThat(server.folder().resolve("dump.rdb")).exists();

            server.restart();

            try (Resp redis = server.connect()) {
                assertThat(redis.text("GET", "a")).isEqualTo("1");
            }
        }
    }

    @Test
    void frozenServerAnswersNobodyUntilItIsThawed() throws IOException {
        try (RedisServer server = RedisServer.start();
                Resp before = Resp.connect(server.port(), SHORT)) {
            server.freeze();

            assertThat(server.isAlive()).isTrue();
            assertThatThrownBy(() -> before.command("SET", "a", "1")).isInstanceOf(SocketTimeoutException.class);
            try (Resp during = Resp.connect(server.port(), SHORT)) {
                assertThatThrownBy(() -> during.command("PING")).isInstanceOf(SocketTimeoutException.class);
            }

            server.thaw();

            try (Resp after = server.connect()) {
                assertThat(after.text("PING")).isEqualTo("PONG");
            }
            before.patience(Duration.ofSeconds(5));
            assertThat(before.reply()).as("what was sent to the frozen server").isEqualTo("OK");
        }
    }

    @Test
    void closedServerLeavesNeitherProcessNorFolder() throws IOException {
        for (boolean frozen : new boolean[] {false, true}) {
            RedisServer server = RedisServer.builder().within(folder).start();
            long pid = server.pid();
            if (frozen) {
                server.freeze();
            }

            server.close();
            server.close();

            assertThat(lives(pid)).isFalse();
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void failingStart_saysWhatWasPrinted_andLeavesNothing() {
        assertThatThrownBy(() -> RedisServer.builder()
                        .option("no-such-option", "1")
                        .within(folder)
                        .start())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Redis ended with 1")
                .hasMessageContaining("no-such-option");

        assertThat(ProcessHandle.current().children().filter(RedisServerTest::isRedis))
                .isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void systemWithoutABinary_isToldWhatToDo() {
        String system = System.setProperty("os.name", "Plan 9");
        try {
            assertThatThrownBy(() ->
                            RedisServer.builder().embedded().within(folder).start())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Plan 9")
                    .hasMessageContaining("put a redis-server on the PATH");
        } finally {
            System.setProperty("os.name", system);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void silentStart_endsTheProcess() {
        // It listens on a socket that nobody asks, so it never answers, and its process lives.
        assertThatThrownBy(() -> RedisServer.builder()
                        .option("port", "0")
                        .option("unixsocket", folder.resolve("socket").toString())
                        .polls(30)
                        .start())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not answer");

        assertThat(ProcessHandle.current().children().filter(RedisServerTest::isRedis))
                .isEmpty();
    }

    @Test
    void server_endsWithItsJvm() throws Exception {
        try (Jvm jvm = Jvm.start(Forgetful.class, List.of("-Xmx64m"), List.of(folder.toString()), Redirect.INHERIT)) {
            long pid = Long.parseLong(jvm.answer());

            assertThat(jvm.awaitEnd(Duration.ofSeconds(20))).hasValue(0);
            assertThat(lives(pid)).isFalse();
            assertThat(folder).isEmptyDirectory();
        }
    }

    /** Starts a server, and ends without closing it. */
    static final class Forgetful {

        private Forgetful() {}

        public static void main(String[] args) throws IOException {
            RedisServer server = RedisServer.builder().within(Path.of(args[0])).start();
            if (!ProcessHandle.of(server.pid()).orElseThrow().isAlive() || !Files.exists(server.folder())) {
                throw new IllegalStateException("there is nothing to forget");
            }
            System.out.println(server.pid());
        }
    }

    private static boolean lives(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /** Where redis-server is a link, the command is what it links to. */
    private static boolean isRedis(ProcessHandle process) {
        return process.info().command().orElse("").contains("redis-");
    }
}

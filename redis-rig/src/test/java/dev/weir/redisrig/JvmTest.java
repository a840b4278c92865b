// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class JvmTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final int LEFT_BY_ITSELF = 7;

    @TempDir
    Path folder;

    private static Jvm echo(String greeting) throws IOException {
        return Jvm.start(Echo.class, List.of("-Xmx32m", "-Dwanted=yes"), List.of(greeting), Redirect.INHERIT);
    }

    @Test
    void program_isToldAndAnswers() throws Exception {
        try (Jvm jvm = echo("two words")) {
            assertThat(jvm.answer()).isEqualTo("two words, yes");
            jvm.tell("one");
            jvm.tell("grüße");
            assertThat(jvm.answer()).isEqualTo("one");
            assertThat(jvm.answer()).isEqualTo("grüße");
            assertThat(jvm.awaitEnd(MOMENT)).isEmpty();
            assertThat(jvm.isAlive()).isTrue();
        }
    }

    @Test
    void programThatHasEnded_givesNoAnswer() throws Exception {
        try (Jvm jvm = echo("hello")) {
            jvm.answer();
            jvm.tell("end");
            assertThatThrownBy(jvm::answer).isInstanceOf(IOException.class).hasMessageContaining("Echo has ended");
            assertThat(jvm.awaitEnd(PATIENCE)).hasValue(LEFT_BY_ITSELF);
            assertThat(jvm.isAlive()).isFalse();
        }
    }

    @Test
    void end_letsItEndByItself() throws Exception {
        Jvm jvm = echo("hello");
        jvm.answer();
        jvm.end(PATIENCE);
        assertThat(jvm.awaitEnd(PATIENCE)).hasValue(0);
    }

    @Test
    void programThatGoesOn_isKilledInTheEnd() throws Exception {
        Jvm jvm = echo("hello");
        jvm.answer();
        jvm.tell("stay");
        assertThat(jvm.answer()).isEqualTo("staying");
        jvm.end(MOMENT);
        assertThat(jvm.awaitEnd(PATIENCE)).isPresent().isNotEqualTo(OptionalInt.of(0));
    }

    @Test
    void close_kills() throws Exception {
        Jvm jvm = echo("hello");
        jvm.close();
        jvm.close();
        assertThat(jvm.awaitEnd(PATIENCE)).isPresent();
    }

    @Test
    void errors_goWhereTheyAreToGo() throws Exception {
        Path file = folder.resolve("printed");
        try (Jvm jvm = Jvm.start(Echo.class, List.of(), List.of(), Redirect.to(file.toFile()))) {
            assertThat(jvm.awaitEnd(PATIENCE)).hasValue(1);
        }
        assertThat(file).content().contains("ArrayIndexOutOfBounds");
    }

    /** Says what it hears. */
    static final class Echo {

        private Echo() {}

        public static void main(String[] args) throws Exception {
            System.setOut(new PrintStream(System.out, true, StandardCharsets.UTF_8));
            System.out.println(args[0] + ", " + System.getProperty("wanted"));
            BufferedReader heard = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = heard.readLine(); line != null; line = heard.readLine()) {
                switch (line) {
                    case "end" -> System.exit(LEFT_BY_ITSELF);
                    case "stay" -> {
                        System.out.println("staying");
                        Thread.currentThread().join(); // for ever
                    }
                    default -> System.out.println(line);
                }
            }
        }
    }
}

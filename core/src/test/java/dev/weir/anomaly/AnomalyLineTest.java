// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever callers are called, an event is one line of JSON of at most 4 KiB. */
class AnomalyLineTest {

    private static final Instant NOON = Instant.parse("2026-01-16T12:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static String line(AnomalyLine encoder, Anomaly.Builder event) {
        byte[] bytes = encoder.of(event.at(NOON));
        assertThat(bytes.length).isLessThanOrEqualTo(4096);
        String line = new String(bytes, StandardCharsets.UTF_8);
        assertThat(line).endsWith("}\n").doesNotContain("\uFFFD");
        assertThat(line.chars().limit(line.length() - 1))
                .noneMatch(c -> Character.isISOControl(c) || c == '\u2028' || c == '\u2029' || c == '\u202E');
        return line;
    }

    private static String line(Anomaly.Builder event) {
        return line(new AnomalyLine(null), event);
    }

    private static JsonNode parsed(String line) throws Exception {
        return JSON.readTree(line);
    }

    @Test
    void line_isAsTheDesignShowsIt() {
        assertThat(line(Anomaly.builder(AnomalyType.RATE_LIMIT_EXCEEDED)
                        .user("user123")
                        .tenant("acme")
                        .address("192.0.2.1")
                        .rule("api")
                        .details("Rate limit exceeded")))
                .isEqualTo("{\"timestamp\": \"2026-01-16T12:00:00Z\", \"type\": \"RATE_LIMIT_EXCEEDED\","
                        + " \"user_id\": \"user123\", \"tenant_id\": \"acme\", \"address\": \"192.0.2.1\","
                        + " \"service_id\": null, \"rule\": \"api\", \"details\": \"Rate limit exceeded\","
                        + " \"severity\": \"medium\"}\n");
    }

    static List<String> hostile() {
        return List.of(
                "\"",
                "\\",
                "\\\"}",
                "a\r\nb",
                "\u0000\u0001\u001F\u007F\u0085",
                "\u2028\u2029",
                "\uD800",
                "\uDC00\uD800x",
                "x\uDBFF",
                "\uD83D\uDE00",
                "\u202Eevil\u202C",
                "\u200B\uFEFF",
                "\uFFFE\uFFFF",
                "é\u6F22\u5B57",
                "\uE000",
                "{\"type\": \"x\"}",
                "</script>",
                "%n%s",
                "\t",
                "sha256:x",
                "\uDB40\uDC41");
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void hostileText_isOneLine_andReadBackAsItWas(String text) throws Exception {
        JsonNode read = parsed(line(Anomaly.builder(AnomalyType.RAPID_RESTART)
                .user(text + "!")
                .tenant(text + "!")
                .address(text + "!")
                .service(text + "!")
                .rule(text + "!")
                .details(text + "!")));
        boolean digested = text.startsWith("sha256:");
        for (String key : List.of("user_id", "tenant_id", "address", "service_id", "rule")) {
            String held = Anomaly.bounded(text + "!");
            assertThat(read.get(key).asText()).as(key).isEqualTo(held);
        }
        assertThat(read.get("details").asText()).isEqualTo(text + "!");
        assertThat(digested).isEqualTo(read.get("user_id").asText().length() == 50);
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void aMebibyteOfIt_isOneLineToo(String text) throws Exception {
        String huge = text.repeat((1 << 20) / text.length()) + "!";
        JsonNode read = parsed(line(Anomaly.builder(AnomalyType.RAPID_RESTART)
                .user(huge)
                .tenant(huge)
                .address(huge)
                .service(huge)
                .rule(huge)
                .details(huge)));
        assertThat(read.get("user_id").asText()).startsWith("sha256:").hasSize(50);
        assertThat(read.get("details").asText()).startsWith(text).endsWith("\u2026");
        assertThat(read.get("severity").asText()).isEqualTo("medium");
    }

    @Test
    void namesThatNeedManyEscapes_areDigested_andStayTwo() throws Exception {
        String one = "\u0001".repeat(200) + "a";
        String other = "\u0001".repeat(200) + "b";
        JsonNode first = parsed(line(Anomaly.builder(AnomalyType.RAPID_RESTART).user(one)));
        JsonNode second = parsed(line(Anomaly.builder(AnomalyType.RAPID_RESTART).user(other)));
        assertThat(first.get("user_id").asText())
                .startsWith("sha256:")
                .isNotEqualTo(second.get("user_id").asText());
    }

    @Test
    void randomText_isOneLine() throws Exception {
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 3_000; i++) {
            Anomaly.Builder event = Anomaly.builder(AnomalyType.UNAUTHORIZED_ACCESS)
                    .user(text(random))
                    .tenant(text(random))
                    .address(text(random))
                    .service(text(random))
                    .rule(text(random))
                    .details(text(random));
            assertThat(parsed(line(event)).get("severity").asText())
                    .as("seed " + seed)
                    .isEqualTo("high");
        }
    }

    private static String text(SplittableRandom random) {
        int kind = random.nextInt(4);
        int bound = kind == 0 ? 0x80 : kind == 1 ? 0x20 : kind == 2 ? 0x800 : 0x10000;
        int length = random.nextInt(1, random.nextBoolean() ? 30 : 1_200);
        StringBuilder text = new StringBuilder();
        random.ints(length, 0, bound).filter(c -> c != 0xFFFD).forEach(c -> text.append((char) c));
        return text.toString();
    }

    @Test
    void longDetails_areCutWhereTheLineIsFull_notInsideACharacter() throws Exception {
        JsonNode read = parsed(
                line(Anomaly.builder(AnomalyType.RAPID_RESTART).details("\u0001\u0001\uD83D\uDE00".repeat(250))));
        assertThat(read.get("details").asText())
                .endsWith("\u2026")
                .satisfies(details -> assertThat(details.substring(0, details.length() - 1))
                        .matches("(?:\u0001\u0001\uD83D\uDE00)*\u0001{0,2}"));
    }

    @Test
    void digests_standForTenantUserAndAddress() throws Exception {
        AnomalyLine encoder = new AnomalyLine(new NameDigest("s3cret"));
        String line = line(
                encoder,
                Anomaly.builder(AnomalyType.RAPID_RESTART)
                        .user("eve")
                        .tenant("acme")
                        .address("192.0.2.1")
                        .service("api"));
        assertThat(line).doesNotContain("\"eve\"", "acme", "192.0.2.1");
        JsonNode read = parsed(line);
        // printf 'user\0eve' | openssl dgst -sha256 -hmac s3cret
        assertThat(read.get("user_id").asText()).isEqualTo("hmac:10ec1f6447a80872b0ab150c5b8cde64");
        assertThat(read.get("service_id").asText()).isEqualTo("api");
        assertThat(line(
                        new AnomalyLine(new NameDigest("other")),
                        Anomaly.builder(AnomalyType.RAPID_RESTART).user("eve")))
                .doesNotContain(read.get("user_id").asText());
    }

    @Test
    void leftOutEvents_sayHowMany() throws Exception {
        Anomaly event = Anomaly.builder(AnomalyType.RATE_LIMIT_EXCEEDED)
                .user("fred")
                .at(NOON)
                .leftOut(NOON, 42);
        JsonNode read = parsed(new String(new AnomalyLine(null).of(event), StandardCharsets.UTF_8));
        assertThat(read.get("left_out").asLong()).isEqualTo(42);
        assertThat(read.get("details").asText()).isEqualTo("42 more were left out");
        assertThat(read.get("user_id").asText()).isEqualTo("fred");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes an event as one line of JSON, of at most {@value #MAX_BYTES} bytes with its line feed, whatever it holds.
 *
 * <p>What could end a line, hide text or is no Unicode is escaped: controls, separators of lines and paragraphs, signs of
 * direction and other invisible ones, lone surrogates. A name that needs more than {@value #MAX_NAME_BYTES} bytes is
 * replaced by its digest, details are cut where the line is full. Immutable.
 */
final class AnomalyLine {

    static final int MAX_BYTES = 4096;
    private static final int MAX_NAME_BYTES = 600;
    private static final String ELLIPSIS = "\u2026";
    private static final int ELLIPSIS_BYTES = 3;

    private final @Nullable NameDigest digest;

    /**
     * Makes an encoder.
     *
     * @param digest what stands for tenants, users and addresses, or null to write them as they are
     */
    AnomalyLine(@Nullable NameDigest digest) {
        this.digest = digest;
    }

    byte[] of(Anomaly event) {
        StringBuilder head = new StringBuilder(300);
        head.append("{\"timestamp\": \"").append(event.timestamp().truncatedTo(ChronoUnit.MILLIS));
        head.append("\", \"type\": \"").append(event.type().name()).append('"');
        append(head, "user_id", digested("user", event.user()));
        append(head, "tenant_id", digested("tenant", event.tenant()));
        append(head, "address", digested("ip", event.address()));
        append(head, "service_id", event.service());
        append(head, "rule", event.rule());
        head.append(", \"details\": \"");
        StringBuilder tail = new StringBuilder(40).append("\", \"severity\": \"");
        tail.append(event.severity().word()).append('"');
        if (event.leftOut() > 0) {
            tail.append(", \"left_out\": ").append(event.leftOut());
        }
        tail.append("}\n");
        int room = MAX_BYTES - utf8Length(head) - tail.length();
        return head.append(escape(event.details(), room))
                .append(tail)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    private Optional<String> digested(String scope, Optional<String> name) {
        return digest == null ? name : name.map(value -> digest.of(scope, value));
    }

    private static void append(StringBuilder line, String key, Optional<String> name) {
        line.append(", \"").append(key).append("\": ");
        if (name.isEmpty()) {
            line.append("null");
            return;
        }
        String escaped = escape(name.get());
        boolean fits = utf8Length(escaped) <= MAX_NAME_BYTES;
        line.append('"')
                .append(fits ? escaped : Key.of(Scope.USER, escaped).value())
                .append('"');
    }

    /** Escapes a text to stand between quotes. */
    static String escape(String text) {
        return escape(text, Integer.MAX_VALUE);
    }

    /** Escapes as much as has room, with an ellipsis for the rest. */
    private static String escape(String text, int room) {
        StringBuilder escaped = new StringBuilder(Math.min(text.length(), room) + 10);
        int bytes = 0;
        int lastFit = 0; // how long it was when an ellipsis would still have had room
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            i += Character.charCount(character);
            int before = escaped.length();
            append(escaped, character);
            bytes += utf8Length(escaped.subSequence(before, escaped.length()));
            if (bytes > room) {
                escaped.setLength(lastFit);
                return escaped.append(ELLIPSIS).toString();
            }
            lastFit = bytes <= room - ELLIPSIS_BYTES ? escaped.length() : lastFit;
        }
        return escaped.toString();
    }

    private static void append(StringBuilder escaped, int character) {
        if (character == '"' || character == '\\') {
            escaped.append('\\').append((char) character);
        } else if (isPlain(character)) {
            escaped.appendCodePoint(character);
        } else {
            for (char unit : Character.toChars(character)) {
                escaped.append(String.format("\\u%04x", (int) unit));
            }
        }
    }

    private static boolean isPlain(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    /** Of text without lone surrogates. */
    private static int utf8Length(CharSequence text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }
}

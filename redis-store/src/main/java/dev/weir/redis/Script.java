// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static java.util.regex.Matcher.quoteReplacement;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** A script that Redis runs, and the digest by which Redis knows it once it has seen it. Immutable. */
final class Script {

    /** What reads the time inside Redis, in milliseconds. */
    static final String SERVER_CLOCK = """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            """;

    /** A line that stands for another file of this package. */
    private static final Pattern INCLUDE = Pattern.compile("(?m)^-- include (\\S+)$");

    private final byte[] text;
    private final byte[] sha1;

    private Script(String text) {
        this.text = text.getBytes(StandardCharsets.UTF_8);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(this.text);
            this.sha1 = HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no SHA-1, by which Redis names scripts", e);
        }
    }

    /** Reads a script of this package, behind lines that give it a number {@code now}. */
    static Script load(String name, String clock) {
        return new Script(clock + whole(name));
    }

    private static String whole(String name) {
        return INCLUDE.matcher(read(name)).replaceAll(line -> quoteReplacement(whole(line.group(1))));
    }

    private static String read(String name) {
        try (InputStream in = Script.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the archive lacks " + name + "; it was packed without its resources");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] text() {
        return text;
    }

    byte[] sha1() {
        return sha1;
    }
}

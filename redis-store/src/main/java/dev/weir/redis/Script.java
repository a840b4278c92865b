// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A script that Redis runs, and the digest by which Redis knows it once it has seen it. Immutable. */
final class Script {

    /** What reads the time inside Redis, in milliseconds. */
    static final String SERVER_CLOCK = """
            local function clock()
              local time = redis.call('TIME')
              return time[1] * 1000 + math.floor(time[2] / 1000)
            end
            """;

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

    /** Reads a script of this package, and gives it a function {@code clock}. */
    static Script load(String name, String clock) {
        try (InputStream in = Script.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the archive lacks " + name + "; it was packed without its resources");
            }
            return new Script(clock + new String(in.readAllBytes(), StandardCharsets.UTF_8));
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

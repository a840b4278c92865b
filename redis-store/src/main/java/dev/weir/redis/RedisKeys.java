// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static java.util.Objects.requireNonNull;

import dev.weir.key.Key;
import dev.weir.store.ItemKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicReferenceArray;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Says under which key of Redis something is counted: {@code namespace:{digest of the outermost part}:rule:digest}.
 *
 * <p>A user within a tenant is tagged by the tenant, so that in a cluster all that one request of his asks lies together;
 * whoever is counted alone is tagged by himself. Digests are HMAC-SHA-256 of the parts, each with its length, cut to 128
 * bits: {@code shop:{pWk6M0UeVEtXcOBt9qSMvg}:api:wYx0h1VTnQSu8kEd7PDTnA}. No name of a caller leaves the JVM. Two
 * applications that share their limits need the same namespace and secret.
 *
 * <p>The keys of callers who come often are remembered, at most {@value #REMEMBERED} of them. Thread-safe.
 *
 * @since 0.1
 */
public final class RedisKeys {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEPT_BYTES = 16;
    private static final int REMEMBERED = 1 << 15;

    /** A key of ours, and what it is in Redis. */
    private static final class Known {
        private final ItemKey key;
        private final byte[] bytes;

        Known(ItemKey key, byte[] bytes) {
            this.key = key;
            this.bytes = bytes;
        }
    }

    private final String namespace;
    private final Mac mac;
    private final AtomicReferenceArray<@Nullable Known> known = new AtomicReferenceArray<>(REMEMBERED);

    private RedisKeys(String namespace, byte[] secret) {
        this.namespace = namespace;
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("this JVM has no " + ALGORITHM + ", which every JVM must have", e);
        }
    }

    /**
     * Makes the keys of a namespace.
     *
     * @param namespace the beginning of all keys, 1 to 100 letters, digits, dots, dashes, underscores and slashes
     * @param secret what the digests are keyed with, not empty; or null, which leaves them to the namespace alone, so that
     *     whoever knows that can look up whether a name he guesses is there
     * @return the keys
     * @throws IllegalArgumentException if one of the two is out of its form
     */
    public static RedisKeys of(String namespace, @Nullable String secret) {
        if (!namespace.matches("[A-Za-z0-9._/-]{1,100}")) {
            throw new IllegalArgumentException(
                    "namespace must be 1 to 100 letters, digits, dots, dashes, underscores and slashes but was "
                            + namespace);
        }
        if (secret != null && secret.isEmpty()) {
            throw new IllegalArgumentException("secret must not be empty; leave it out instead");
        }
        String keyedWith = secret == null ? "weir:" + namespace : secret;
        return new RedisKeys(namespace, keyedWith.getBytes(StandardCharsets.UTF_8));
    }

    /** {@return the beginning of all keys} */
    public String namespace() {
        return namespace;
    }

    /**
     * Returns where something is counted.
     *
     * @param item what is counted, and for whom
     * @return the key in Redis, to be left as it is
     */
    public byte[] of(ItemKey item) {
        int place = spread(item.hashCode()) & (REMEMBERED - 1);
        Known last = known.get(place);
        if (last != null && last.key.equals(item)) {
            return last.bytes;
        }
        byte[] bytes = derive(item);
        known.set(place, new Known(item.plain(), bytes));
        return bytes;
    }

    private static int spread(int hash) {
        return hash ^ (hash >>> 16);
    }

    private byte[] derive(ItemKey item) {
        Key within = item.within();
        String tag = digest(parts(within == null ? item.per() : within, null, ""));
        String name = digest(parts(item.per(), within, item.kind().name()));
        String text = namespace + ":{" + tag + "}:" + item.rule() + ":" + name;
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A key of which there is one in the namespace; all of them live together. */
    byte[] single(String name) {
        return (namespace + ":{" + namespace + "}:" + name).getBytes(StandardCharsets.UTF_8);
    }

    /** A key that lives with another, whose tag it takes over. */
    byte[] beside(byte[] key, String name) {
        String text = new String(key, StandardCharsets.UTF_8);
        return (text.substring(0, text.indexOf('}') + 1) + ":" + name).getBytes(StandardCharsets.UTF_8);
    }

    /** What stands for a caller in a map of the namespace. */
    String name(String kind, @Nullable Key within, Key per) {
        return digest(parts(per, within, kind));
    }

    /** What differs between those who have different secrets, and tells nothing about them. */
    byte[] fingerprint() {
        return digest("fingerprint".getBytes(StandardCharsets.UTF_8)).getBytes(StandardCharsets.US_ASCII);
    }

    /** UTF-16 as it is, so that names which differ only in lone surrogates stay apart. */
    private static byte[] parts(Key per, @Nullable Key within, String kind) {
        String[] parts = {
            kind,
            within == null ? "" : within.scope().word(),
            within == null ? "" : within.value(),
            per.scope().word(),
            per.value()
        };
        int chars = Arrays.stream(parts).mapToInt(String::length).sum();
        ByteBuffer buffer = ByteBuffer.allocate(parts.length * Integer.BYTES + chars * Character.BYTES);
        for (String part : parts) {
            buffer.putInt(part.length());
            for (int i = 0; i < part.length(); i++) {
                buffer.putChar(part.charAt(i));
            }
        }
        return buffer.array();
    }

    private String digest(byte[] parts) {
        try {
            byte[] full = ((Mac) requireNonNull(mac.clone())).doFinal(parts);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(full, KEPT_BYTES));
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the provider of " + ALGORITHM + " must let it be cloned", e);
        }
    }

    /** {@return the namespace; never the secret} */
    @Override
    public String toString() {
        return "RedisKeys[" + namespace + "]";
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.key;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * One part of an identity as a bucket's name: a scope and a value, such as {@code tenant acme}.
 *
 * <p>Two keys are equal when their scopes and values are; text is never joined, so that no value can pretend to be
 * another scope or to hold two parts. A value longer than {@value #MAX_BYTES} bytes of UTF-8 is replaced by its SHA-256
 * digest: 1 MiB of user name costs 50 characters of key. Case and white space are kept as they are.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class Key {

    /** The longest value that is kept as it is, in bytes of UTF-8. */
    public static final int MAX_BYTES = 256;

    /** The key of a rule that counts all callers together. */
    public static final Key EVERYONE = new Key(Scope.EVERYONE, "");

    private static final String DIGEST_PREFIX = "sha256:";
    private static final long MIX = 0x9E3779B97F4A7C15L;
    private static final long SEED = new SecureRandom().nextLong();

    private final Scope scope;
    private final String value;
    private final int hash;

    private Key(Scope scope, String value) {
        this.scope = scope;
        this.value = value;
        this.hash = hash(scope, value);
    }

    /**
     * Names a caller.
     *
     * @param scope what kind of caller
     * @param value who, not empty
     * @return the key
     * @throws IllegalArgumentException if the value is empty
     */
    public static Key of(Scope scope, String value) {
        requireNonNull(scope, "scope");
        if (value.isEmpty()) {
            throw new IllegalArgumentException("value must not be empty; a caller who is not known has no key");
        }
        return new Key(scope, bounded(value));
    }

    /** {@return the kind of caller} */
    public Scope scope() {
        return scope;
    }

    /** {@return who, or the digest of a long name} */
    public String value() {
        return value;
    }

    /* Design: not the hash of String, for which anybody can choose a million names that all fall into one place of a
     * table. The seed is this JVM's own. */
    private static int hash(Scope scope, String value) {
        long hash = SEED + scope.word().hashCode();
        for (int i = 0; i < value.length(); i++) {
            hash = (hash ^ value.charAt(i)) * MIX;
            hash ^= hash >>> 32;
        }
        return (int) (hash ^ (hash >>> 29));
    }

    /* Design: what looks like a digest is digested too, so that no short name can equal the digest of a long one. The
     * digest covers UTF-16 code units: two names that differ only in lone surrogates stay two names. */
    private static String bounded(String value) {
        int length = value.length();
        boolean fits = length * 3L <= MAX_BYTES || (length <= MAX_BYTES && utf8Length(value) <= MAX_BYTES);
        return fits && !value.startsWith(DIGEST_PREFIX) ? value : digest(value);
    }

    private static int utf8Length(String value) {
        int bytes = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }

    private static String digest(String value) {
        ByteBuffer units = ByteBuffer.allocate(value.length() * Character.BYTES);
        units.asCharBuffer().put(value);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(units.array());
            return DIGEST_PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no SHA-256, which every JVM must have", e);
        }
    }

    @Override
    public boolean equals(Object o) {
        return this == o
                || (o instanceof Key other && hash == other.hash && scope == other.scope && value.equals(other.value));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** {@return the scope and the value, for people; never for logs, which carry digests} */
    @Override
    public String toString() {
        return value.isEmpty() ? scope.word() : scope.word() + ' ' + value;
    }
}

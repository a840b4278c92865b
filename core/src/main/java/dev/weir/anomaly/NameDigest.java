// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What stands for a name where names must not: the first 128 bits of an HMAC-SHA-256 under a secret, in hexadecimal. Who
 * has the secret can work it out for a name that he suspects. Immutable.
 */
final class NameDigest {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int BYTES = 16;

    private final SecretKeySpec key;

    NameDigest(String secret) {
        this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
    }

    /** Of a name, and of what it names, so that a user is not told from a tenant by chance. */
    String of(String scope, String name) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] whole = mac.doFinal((scope + '\0' + name).getBytes(StandardCharsets.UTF_8));
            return "hmac:" + HexFormat.of().formatHex(whole, 0, BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no " + ALGORITHM + ", which every JVM must have", e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A header that holds a secret: whoever sends it is named by its digest, and nothing else of it is kept. */
final class ApiKeySource implements IdentitySource {

    static final String PREFIX = "key-";

    private final String header;

    ApiKeySource(String header) {
        this.header = header;
    }

    @Override
    public @Nullable String find(RateLimitRequest request) {
        List<String> lines = request.headers(header);
        if (lines.size() != 1 || lines.get(0).isBlank()) {
            return null;
        }
        try {
            byte[] key = lines.get(0).strip().getBytes(StandardCharsets.UTF_8);
            return PREFIX
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(key));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no SHA-256, which every JVM must have", e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.dropin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The name under which an application has limits of its own in a shared store. */
final class Namespace {

    private static final int LONGEST = 100;
    private static final int DIGEST_BYTES = 8;

    private Namespace() {}

    /* Design: the version of a parallel deployment (/shop##2 in Tomcat) is no part of the context path, so the old one and the
     * new one share their limits. What no namespace can hold becomes a dash, and a digest keeps such names apart. */
    /** {@return the context path, and a slash for the application at the root} */
    static String of(String contextPath) {
        String path = contextPath.isEmpty() ? "/" : contextPath;
        String plain = path.replaceAll("[^A-Za-z0-9._/-]", "-");
        if (plain.equals(path) && path.length() <= LONGEST) {
            return path;
        }
        String digest = "-" + digest(path);
        return plain.substring(0, Math.min(plain.length(), LONGEST - digest.length())) + digest;
    }

    private static String digest(String text) {
        try {
            byte[] all = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(all, 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

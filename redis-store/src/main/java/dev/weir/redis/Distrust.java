// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisURI;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why two who would speak TLS do not, and what to do about it. Where is said by the cause, so it has no stack. */
final class Distrust extends Exception {

    private static final long serialVersionUID = 1;

    private Distrust(String message, Throwable cause) {
        super(message, cause, false, false);
    }

    /** {@return why there is no connection, in words that name the remedy where TLS is at fault, else as it is} */
    static @Nullable Throwable explained(@Nullable Throwable why, RedisURI uri) {
        if (!uri.isSsl()) {
            return why;
        }
        for (Throwable at = why; at != null; at = at.getCause()) {
            String fault = fault(at);
            if (fault != null) {
                return new Distrust(place(uri) + fault, at);
            }
        }
        return why;
    }

    private static String place(RedisURI uri) {
        return uri.getSentinels().isEmpty()
                ? "Redis at " + uri.getHost() + ':' + uri.getPort()
                : "A sentinel of " + uri.getSentinelMasterId() + ", or the master that it names,";
    }

    private static @Nullable String fault(Throwable why) {
        if (why instanceof GeneralSecurityException) {
            return " shows a certificate that is not trusted. It must be in date, for this name or address, and of an"
                    + " authority in store.redis.ca, or without ca of one that the JVM trusts: " + why.getMessage();
        }
        if (why instanceof RedisCommandTimeoutException || isOfTls(why, "not an SSL/TLS record")) {
            return " speaks no TLS on this port, or did not answer in time. A cluster names its ports for TLS with"
                    + " tls-cluster yes only.";
        }
        if (isOfTls(why, "certificate_required")) {
            return " demands a certificate, of which Weir has none. Set tls-auth-clients no, or give Weir a client of"
                    + " Lettuce's that has one.";
        }
        return null;
    }

    private static boolean isOfTls(Throwable why, String words) {
        return why instanceof SSLException && String.valueOf(why.getMessage()).contains(words);
    }
}

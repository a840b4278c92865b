// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * What a Redis server needs to speak TLS, as PEM. Immutable.
 *
 * @param certificate the file of the server's certificate, followed by that of its authority
 * @param key the file of the private key
 * @param authority the file of the certificate of the authority, whom the server trusts when it calls others
 */
public record TlsFiles(Path certificate, Path key, Path authority) {

    /** {@return the lines of a configuration with which a server, or a sentinel, takes encrypted connections only} */
    List<List<String>> settings(int port) {
        return List.of(
                List.of("port", "0"),
                List.of("tls-port", Integer.toString(port)),
                List.of("tls-cert-file", certificate.toString()),
                List.of("tls-key-file", key.toString()),
                List.of("tls-ca-cert-file", authority.toString()),
                List.of("tls-auth-clients", "no"),
                List.of("tls-replication", "yes"));
    }

    /** {@return the context of a client that trusts the authority and nobody else} */
    SSLContext client() throws IOException {
        try (InputStream in = Files.newInputStream(authority)) {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("this JVM cannot trust a certificate", e);
        }
    }
}

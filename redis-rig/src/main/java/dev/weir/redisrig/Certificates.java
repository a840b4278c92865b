// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * An authority that signs certificates for tests, made anew each time by the JDK's own {@code keytool}, so that no key is
 * ever stored. Not thread-safe.
 */
public final class Certificates {

    private static final String PASSWORD = "changeit"; // of key stores that live as long as a test
    private static final long KEYTOOL_SECONDS = 60;

    private final Path folder;
    private int leaves;

    private Certificates(Path folder) {
        this.folder = folder;
    }

    /**
     * Makes an authority.
     *
     * @param folder an empty folder for its files, which the caller deletes
     * @return the authority
     * @throws IOException if {@code keytool} fails
     */
    public static Certificates in(Path folder) throws IOException {
        Certificates made = new Certificates(folder);
        made.keytool(
                "-genkeypair", "-alias", "ca", "-keystore", "ca.p12", "-dname", "CN=Test authority", "-ext", "bc:c");
        return made;
    }

    /**
     * Answers the authority's own certificate.
     *
     * @return it as PEM
     * @throws IOException if {@code keytool} fails
     */
    public String authority() throws IOException {
        return keytool("-exportcert", "-rfc", "-alias", "ca", "-keystore", "ca.p12");
    }

    /**
     * Makes a certificate and what a server needs to show it.
     *
     * @param name whom it is for, such as {@code ip:127.0.0.1} or {@code dns:example.com}
     * @param startDate when it begins, such as {@code -10d} for ten days ago
     * @param days for how many days it holds
     * @return the context of a server that shows it
     * @throws IOException if {@code keytool} fails
     */
    public SSLContext server(String name, String startDate, int days) throws IOException {
        return context(sign(name, startDate, days));
    }

    /**
     * Makes the same for a server that reads files.
     *
     * @param name whom it is for, such as {@code ip:127.0.0.1} or {@code dns:example.com}
     * @param startDate when it begins, such as {@code -10d} for ten days ago
     * @param days for how many days it holds
     * @return the files, in the authority's folder
     * @throws IOException if {@code keytool} fails
     */
    public TlsFiles files(String name, String startDate, int days) throws IOException {
        Path store = sign(name, startDate, days);
        Path key = folder.resolve(store.getFileName() + ".key");
        Path authority = folder.resolve("authority.pem");
        try {
            String encoded = Base64.getMimeEncoder(64, new byte[] {'\n'})
                    .encodeToString(
                            load(store).getKey("server", PASSWORD.toCharArray()).getEncoded());
            Files.writeString(key, "-----BEGIN PRIVATE KEY-----\n" + encoded + "\n-----END PRIVATE KEY-----\n");
        } catch (GeneralSecurityException e) {
            throw new IOException("this JVM cannot read its own key", e);
        }
        Files.writeString(authority, authority());
        return new TlsFiles(folder.resolve(store.getFileName() + ".pem"), key, authority);
    }

    /** Answers the key store; beside it is the signed certificate, as PEM. */
    private Path sign(String name, String startDate, int days) throws IOException {
        String store = "server" + leaves++ + ".p12";
        String validity = Integer.toString(days);
        keytool("-genkeypair", "-alias", "server", "-keystore", store, "-dname", "CN=server");
        Path request = folder.resolve(store + ".csr");
        Files.writeString(request, keytool("-certreq", "-alias", "server", "-keystore", store));
        Path chain = folder.resolve(store + ".pem");
        String signed = keytool(
                "-gencert",
                "-rfc",
                "-alias",
                "ca",
                "-keystore",
                "ca.p12",
                "-infile",
                request.toString(),
                "-ext",
                "san=" + name,
                "-startdate",
                startDate,
                "-validity",
                validity);
        Files.writeString(chain, signed + authority());
        keytool("-importcert", "-noprompt", "-alias", "server", "-keystore", store, "-file", chain.toString());
        return folder.resolve(store);
    }

    private static SSLContext context(Path store) throws IOException {
        try {
            KeyStore keys = load(store);
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("this JVM cannot show a certificate", e);
        }
    }

    private static KeyStore load(Path store) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            return keys;
        }
    }

    private String keytool(String... words) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(words));
        command.addAll(List.of("-storepass", PASSWORD, "-storetype", "PKCS12"));
        if (words[0].equals("-genkeypair")) {
            command.addAll(List.of("-keyalg", "EC", "-validity", "30"));
        }
        Path output = Files.createTempFile(folder, "out", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(KEYTOOL_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException("keytool " + String.join(" ", words) + " failed: " + Files.readString(output));
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while keytool was at work", e);
        }
        return Files.readString(output, StandardCharsets.US_ASCII);
    }
}

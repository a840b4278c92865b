// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code redis-server} that can be run.
 *
 * @param path where it is
 * @param version its version, such as {@code 7.0.15}
 */
record RedisBinary(Path path, String version) {

    private static final String NAME = "redis-server";
    private static final Pattern VERSION = Pattern.compile("v=(\\d\\S*)");
    private static final Pattern SEPARATOR = Pattern.compile(Pattern.quote(File.pathSeparator));

    /** {@return the system's own, if there is one on the PATH} */
    static Optional<RedisBinary> onPath() throws IOException {
        String folders = System.getenv("PATH");
        Optional<Path> found = SEPARATOR
                .splitAsStream(folders == null ? "" : folders)
                .map(folder -> Path.of(folder).resolve(NAME))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
        return found.isEmpty() ? Optional.empty() : Optional.of(of(found.get()));
    }

    /** {@return the one that a JAR on the class path carries, put into a folder} */
    static RedisBinary embedded(Path folder) throws IOException {
        String resource = resource(System.getProperty("os.name"), System.getProperty("os.arch"));
        Path file = folder.resolve(NAME);
        try (InputStream in = RedisBinary.class.getResourceAsStream("/" + resource)) {
            if (in == null) {
                throw new IOException(
                        "there is no " + resource + " on the class path; put a " + NAME + " on the PATH instead");
            }
            Files.copy(in, file);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return of(file);
    }

    /** {@return the name that embedded-redis gives to its binary for a system} */
    static String resource(String system, String processor) throws IOException {
        boolean arm = processor.equals("aarch64");
        boolean intel = processor.equals("amd64") || processor.equals("x86_64");
        String kind = system.toLowerCase(Locale.ROOT);
        if (kind.startsWith("linux") && (arm || intel)) {
            return arm ? "redis-server-6.2.7-linux-arm64" : "redis-server-6.2.6-v5-linux-amd64";
        }
        if (kind.startsWith("mac") && (arm || intel)) {
            return arm ? "redis-server-6.2.6-v5-darwin-arm64" : "redis-server-6.2.6-v5-darwin-amd64";
        }
        throw new IOException("there is no Redis for " + system + " on " + processor + " in embedded-redis; put a "
                + NAME + " on the PATH");
    }

    private static RedisBinary of(Path file) throws IOException {
        String printed = printed(file, "--version");
        Matcher version = VERSION.matcher(printed);
        if (!version.find()) {
            throw new IOException(file + " --version printed: " + printed);
        }
        return new RedisBinary(file, version.group(1));
    }

    /** {@return whether it was built with TLS: only then it knows the option, and ends because it has no port at all} */
    boolean speaksTls() throws IOException {
        return printed(path, "--port", "0", "--tls-port", "0").contains("not listen anywhere");
    }

    private static String printed(Path file, String... options) throws IOException {
        List<String> line = new ArrayList<>(List.of(file.toString()));
        line.addAll(List.of(options));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        try {
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            process.waitFor();
            return printed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted while " + file + " was asked").initCause(e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** {@return whether the version is this one or a later one} */
    boolean isSince(int major) {
        return Integer.parseInt(version.substring(0, version.indexOf('.'))) >= major;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * Where and when numbers were measured: enough to judge them, and nothing that names a machine. Immutable.
 *
 * @param jdk the version of the JVM
 * @param os name and architecture of the operating system
 * @param cores how many processors the JVM sees
 * @param date the day, in UTC
 * @param commit what was measured, with a plus if files had been changed since; {@code unknown} outside of a repository
 */
public record Environment(String jdk, String os, int cores, String date, String commit) {

    /**
     * Looks around.
     *
     * @param root the folder of the repository
     * @param now when
     * @return this JVM, this machine, this commit
     */
    public static Environment here(Path root, Instant now) {
        String os = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        int cores = Runtime.getRuntime().availableProcessors();
        String date = LocalDate.ofInstant(now, ZoneOffset.UTC).toString();
        return new Environment(System.getProperty("java.vm.version"), os, cores, date, commit(root));
    }

    /**
     * Reads what {@link #writeTo} wrote.
     *
     * @param raw the raw data
     * @return where and when they were measured
     */
    public static Environment from(JsonNode raw) {
        return new Environment(
                raw.path("jdk").asText(),
                raw.path("os").asText(),
                raw.path("cores").asInt(),
                raw.path("date").asText(),
                raw.path("commit").asText());
    }

    /**
     * Adds itself to raw data.
     *
     * @param raw the raw data
     */
    public void writeTo(ObjectNode raw) {
        raw.put("date", date);
        raw.put("commit", commit);
        raw.put("jdk", jdk);
        raw.put("os", os);
        raw.put("cores", cores);
    }

    /** {@return all of it in one line, for people} */
    public String sentence() {
        return date + ", commit " + commit + ", JDK " + jdk + ", " + os + ", " + cores + " cores";
    }

    private static String commit(Path root) {
        String commit = git(root, "rev-parse", "--short=10", "HEAD");
        if (commit.isEmpty()) {
            return "unknown";
        }
        return git(root, "status", "--porcelain", "--untracked-files=no").isEmpty() ? commit : commit + "+";
    }

    private static String git(Path root, String... words) {
        String[] command = new String[words.length + 1];
        command[0] = "git";
        System.arraycopy(words, 0, command, 1, words.length);
        try {
            Process git = new ProcessBuilder(command)
                    .directory(root.toAbsolutePath().toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (InputStream said = git.getInputStream()) {
                String text = new String(said.readAllBytes(), StandardCharsets.UTF_8).strip();
                return git.waitFor() == 0 ? text : "";
            }
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}

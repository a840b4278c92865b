// SPDX-License-Identifier: Apache-2.0
package dev.weir.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The bill of materials in the JAR (CycloneDX 1.6) lists exactly the libraries that are on the class path, hashes included.
 * After an intended change, {@code mvn verify -Dsbom.write=true} writes it anew. It is a file and no product of the build,
 * because CycloneDX's own plugin leaves it away silently where Maven is offline.
 */
class SbomTest {

    private static final Path FILE = Path.of(System.getProperty("weir.root"), "dropin/src/main/sbom/bom.json");
    private static final Path REPOSITORY = Path.of(System.getProperty("weir.repository"));
    private static final List<String> OWN = List.of("core", "memory-store", "redis-store", "servlet-filter");

    /** What is on the class path for tests, or at compile time only. */
    private static final List<String> NOT_INSIDE = List.of(
            "org.junit.",
            "org.assertj",
            "org.opentest4j",
            "org.apiguardian",
            "net.bytebuddy",
            "jakarta.",
            "org.jspecify",
            "org.apache.maven.");

    private static final Map<String, String> LICENCES = Map.of(
            "io.lettuce", "MIT",
            "redis.clients.authentication", "MIT",
            "org.slf4j", "MIT",
            "org.reactivestreams", "MIT-0");

    private record Library(String group, String name, String version, Path file) {

        /** From group/with/slashes/name/version/file below the local repository. */
        static Library at(Path jar) {
            Path path = REPOSITORY.relativize(jar);
            int count = path.getNameCount();
            String group = path.subpath(0, count - 3).toString().replace(File.separatorChar, '.');
            return new Library(
                    group,
                    path.getName(count - 3).toString(),
                    path.getName(count - 2).toString(),
                    jar);
        }

        boolean isInside() {
            return NOT_INSIDE.stream().noneMatch((group + ".")::startsWith);
        }

        String url() {
            return "pkg:maven/" + group + "/" + name + "@" + version + "?type=jar";
        }

        String hash() {
            try {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                return HexFormat.of().formatHex(digest);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static String component(String type, String group, String name, String version, String rest) {
        String url = "pkg:maven/" + group + "/" + name + "@" + version + "?type=jar";
        return "{\"type\": \"" + type + "\", \"bom-ref\": \"" + url + "\", \"group\": \"" + group + "\", \"name\": \""
                + name + "\", \"version\": \"" + version + "\", \"purl\": \"" + url + "\"" + rest + "}";
    }

    private static String licence(String id) {
        return ", \"licenses\": [{\"license\": {\"id\": \"" + id + "\"}}]";
    }

    private static List<Library> libraries() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(Path::of)
                .filter(place -> place.startsWith(REPOSITORY))
                .map(Library::at)
                .filter(Library::isInside)
                .sorted(java.util.Comparator.comparing(Library::url))
                .toList();
    }

    private static String bill() {
        Stream<String> own = OWN.stream()
                .map(name ->
                        component("library", "dev.weir", "weir-" + name, "${project.version}", licence("Apache-2.0")));
        Stream<String> others = libraries().stream()
                .map(library -> component(
                        "library",
                        library.group(),
                        library.name(),
                        library.version(),
                        licence(LICENCES.getOrDefault(library.group(), "Apache-2.0"))
                                + ",\n      \"hashes\": [{\"alg\": \"SHA-256\", \"content\": \"" + library.hash()
                                + "\"}]"));
        return """
                {
                  "bomFormat": "CycloneDX",
                  "specVersion": "1.6",
                  "version": 1,
                  "metadata": {
                    "component": %s
                  },
                  "components": [
                    %s
                  ]
                }
                """.formatted(
                        component("library", "dev.weir", "weir-dropin", "${project.version}", licence("Apache-2.0")),
                        Stream.concat(own, others).collect(Collectors.joining(",\n    ")));
    }

    @Test
    void bill_listsWhatIsInside() throws IOException {
        String found = bill();
        if (Boolean.getBoolean("sbom.write")) {
            Files.writeString(FILE, found);
        }
        assertThat(libraries()).hasSizeGreaterThan(15);
        assertThat(found)
                .as("after an intended change, mvn verify -Dsbom.write=true writes the bill anew")
                .isEqualTo(Files.readString(FILE));
    }
}

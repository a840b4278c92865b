// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.cyclonedx.Version;
import org.cyclonedx.model.Bom;
import org.cyclonedx.parsers.JsonParser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The JAR has nothing in it that an application or its container could take for its own. */
class ShadedJarTest {

    private static final Pattern FOREIGN = Pattern.compile(
            "(?<!shaded/|github\\.)(?:io/(?:netty|lettuce|github/bucket4j)|org/(?:slf4j|reactivestreams|yaml)"
                    + "|com/fasterxml|reactor/(?:core|util|adapter)|redis/clients)/[A-Za-z]+");

    private static JarFile jar;
    private static List<String> names;

    @BeforeAll
    static void open() throws IOException {
        jar = new JarFile(System.getProperty("weir.jar"));
        names = jar.stream()
                .filter(entry -> !entry.isDirectory())
                .map(ZipEntry::getName)
                .toList();
    }

    @AfterAll
    static void close() throws IOException {
        jar.close();
    }

    private static String text(String name) throws IOException {
        try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void everything_isOursOrTellsWhatIsInside() {
        Set<String> others = names.stream()
                .filter(name -> !name.startsWith("dev/weir/"))
                .filter(name -> !name.startsWith("META-INF/services/dev.weir."))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(others)
                .containsExactlyInAnyOrder(
                        "META-INF/MANIFEST.MF",
                        "META-INF/LICENSE",
                        "META-INF/NOTICE",
                        "META-INF/FastDoubleParser-LICENSE",
                        "META-INF/FastDoubleParser-ThirdParty-LICENSE",
                        "META-INF/Schubfach-LICENSE",
                        "META-INF/licenses/jackson-NOTICE.txt",
                        "META-INF/licenses/lettuce.txt",
                        "META-INF/licenses/reactive-streams.txt",
                        "META-INF/licenses/redis-authx.txt",
                        "META-INF/licenses/slf4j.txt",
                        "META-INF/sbom/bom.json",
                        "META-INF/services/jakarta.servlet.ServletContainerInitializer",
                        "META-INF/web-fragment.xml");
    }

    @Test
    void everyFile_isThereOnce() {
        assertThat(names).doesNotHaveDuplicates();
    }

    @Test
    void services_nameOnlyWhatIsInside() throws IOException {
        List<String> services = names.stream()
                .filter(name -> name.startsWith("META-INF/services/"))
                .toList();
        assertThat(services).hasSizeGreaterThan(4);
        for (String service : services) {
            for (String provider : text(service).lines().toList()) {
                assertThat(names).as(service).contains(provider.replace('.', '/') + ".class");
            }
        }
        assertThat(text("META-INF/services/dev.weir.store.RateLimitStoreFactory"))
                .contains("dev.weir.memory.MemoryStoreFactory", "dev.weir.redis.RedisStoreFactory");
        assertThat(text("META-INF/services/dev.weir.dropin.shaded.slf4j.spi.SLF4JServiceProvider"))
                .contains("JULServiceProvider");
    }

    /** Names in class files, reflective ones included: an unrelocated one would find the application's library. */
    @Test
    void classes_nameNoLibraryOutside() throws IOException {
        List<String> found = new ArrayList<>();
        for (String name : names) {
            if (name.endsWith(".class")) {
                try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
                    Matcher matcher = FOREIGN.matcher(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
                    if (matcher.find()) {
                        found.add(name + " " + matcher.group());
                    }
                }
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void jar_isOneModuleOfOneRelease() throws IOException {
        assertThat(jar.isMultiRelease()).isFalse();
        assertThat(jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name"))
                .isEqualTo("dev.weir.dropin");
        assertThat(ModuleFinder.of(Path.of(jar.getName())).findAll())
                .singleElement()
                .satisfies(module -> assertThat(module.descriptor().name()).isEqualTo("dev.weir.dropin"));
    }

    @Test
    void everythingInside_isListedWithItsLicence() throws IOException {
        String components = text("META-INF/sbom/bom.json");
        String notice = text("META-INF/NOTICE");
        Matcher library = Pattern.compile("\"bom-ref\": \"pkg:maven/([^/]+)/([^@]+)@([^?]+)\\?type=jar\"")
                .matcher(components);
        Set<String> listed = new TreeSet<>();
        while (library.find()) {
            listed.add(library.group(2));
            if (!library.group(1).equals("dev.weir")) {
                assertThat(notice).contains(library.group(2));
            }
        }
        assertThat(listed)
                .contains("weir-core", "weir-redis-store", "weir-memory-store", "weir-servlet-filter")
                .contains("lettuce-core", "netty-common", "reactor-core", "jackson-core", "snakeyaml", "slf4j-jdk14")
                .doesNotContain("jakarta.servlet-api", "jspecify", "junit-jupiter");
        Matcher file = Pattern.compile("META-INF/[A-Za-z0-9/.-]+[A-Za-z]").matcher(notice);
        while (file.find()) {
            assertThat(names).contains(file.group());
        }
    }

    /** By the schema that the validator carries, which asks no server for anything. */
    @Test
    void billOfMaterials_isAsCycloneDxWantsIt() throws Exception {
        String bill = text("META-INF/sbom/bom.json");
        assertThat(new JsonParser().validate(bill.getBytes(StandardCharsets.UTF_8), Version.VERSION_16))
                .isEmpty();
        Bom read = new JsonParser().parse(bill.getBytes(StandardCharsets.UTF_8));
        assertThat(read.getSpecVersion()).isEqualTo("1.6");
        assertThat(read.getMetadata().getComponent().getPurl())
                .isEqualTo(read.getMetadata().getComponent().getBomRef());
        assertThat(read.getComponents()).hasSizeGreaterThan(15).allSatisfy(component -> {
            assertThat(component.getVersion()).isNotBlank().doesNotContain("${");
            assertThat(component.getLicenses().getLicenses()).isNotEmpty();
        });
        String broken = bill.replace("\"type\": \"library\"", "\"type\": \"libary\"");
        assertThat(new JsonParser().validate(broken.getBytes(StandardCharsets.UTF_8), Version.VERSION_16))
                .as("so it does look")
                .isNotEmpty();
    }
}

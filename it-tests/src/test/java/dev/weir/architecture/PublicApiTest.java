// SPDX-License-Identifier: Apache-2.0
package dev.weir.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import dev.weir.memory.MemoryStore;
import dev.weir.redis.RedisStore;
import dev.weir.servlet.RateLimitFilter;
import dev.weir.spring.WeirAutoConfiguration;
import dev.weir.testkit.ManualClock;
import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What users can see of each module is what docs/api lists, so that a review sees every change of it. After an intended
 * one, {@code mvn verify -Dapi.write=true} writes the lists anew.
 */
class PublicApiTest {

    private static final Path LISTS = Path.of(System.getProperty("weir.root"), "docs", "api");

    static List<Arguments> modules() {
        return List.of(
                Arguments.of("core", RateLimiter.class),
                Arguments.of("memory-store", MemoryStore.class),
                Arguments.of("redis-store", RedisStore.class),
                Arguments.of("servlet-filter", RateLimitFilter.class),
                Arguments.of("spring-boot", WeirAutoConfiguration.class),
                Arguments.of("testkit", ManualClock.class));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("modules")
    void module_showsWhatItsListSays(String module, Class<?> member) throws Exception {
        assertListed(module, String.join("\n", api(member)) + "\n");
    }

    /** It is no named module, so whatever is public is shown. */
    @Test
    void dropIn_showsWhatItsListSays() throws Exception {
        Path place = Path.of(System.getProperty("weir.root"), "dropin/target/classes");
        try (URLClassLoader loader = new URLClassLoader(
                        new URL[] {place.toUri().toURL()}, getClass().getClassLoader());
                Stream<Path> files = Files.walk(place)) {
            List<String> shown = lines(
                    files.map(file -> place.relativize(file).toString().replace(File.separatorChar, '/'))
                            .filter(name -> name.endsWith(".class")),
                    loader);
            assertListed("dropin", String.join("\n", shown) + "\n");
        }
    }

    private static void assertListed(String module, String shown) throws IOException {
        Path list = LISTS.resolve(module + ".txt");
        if (Boolean.getBoolean("api.write")) {
            Files.createDirectories(LISTS);
            Files.writeString(list, shown);
        }
        assertThat(shown).isEqualTo(Files.readString(list));
    }

    private static List<String> api(Class<?> member) throws Exception {
        Path place = Path.of(
                member.getProtectionDomain().getCodeSource().getLocation().toURI());
        ModuleReference module =
                ModuleFinder.of(place).findAll().stream().findFirst().orElseThrow();
        Set<String> exported = module.descriptor().exports().stream()
                .map(ModuleDescriptor.Exports::source)
                .collect(Collectors.toSet());
        try (ModuleReader reader = module.open();
                Stream<String> resources = reader.list()) {
            return lines(
                    resources.filter(name -> name.endsWith(".class") && exported.contains(packageOf(name))),
                    PublicApiTest.class.getClassLoader());
        } catch (IOException e) {
            throw new IllegalStateException(place + " cannot be read", e);
        }
    }

    private static List<String> lines(Stream<String> classFiles, ClassLoader loader) {
        return classFiles
                .map(name ->
                        name.substring(0, name.length() - ".class".length()).replace('/', '.'))
                .filter(name -> !name.endsWith("package-info"))
                .sorted()
                .map(name -> load(name, loader))
                .filter(PublicApiTest::isVisible)
                .flatMap(type -> lines(type).stream())
                .toList();
    }

    private static String packageOf(String resource) {
        int slash = resource.lastIndexOf('/');
        return slash < 0 ? "" : resource.substring(0, slash).replace('/', '.');
    }

    private static Class<?> load(String name, ClassLoader loader) {
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isVisible(Class<?> type) {
        boolean outer = type.getEnclosingClass() == null || isVisible(type.getEnclosingClass());
        return outer && isShown(type.getModifiers()) && !type.isAnonymousClass() && !type.isSynthetic();
    }

    private static boolean isShown(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static List<String> lines(Class<?> type) {
        Set<String> members = new TreeSet<>();
        for (Field field : type.getDeclaredFields()) {
            if (isShown(field.getModifiers()) && !field.isSynthetic()) {
                members.add("  " + words(field.getModifiers()) + name(field.getGenericType()) + " " + field.getName());
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isShown(constructor.getModifiers()) && !constructor.isSynthetic()) {
                members.add("  " + words(constructor.getModifiers()) + "new" + parameters(constructor));
            }
        }
        for (Method method : type.getDeclaredMethods()) {
            if (isShown(method.getModifiers()) && !method.isSynthetic()) {
                members.add("  " + words(method.getModifiers()) + name(method.getGenericReturnType()) + " "
                        + method.getName() + parameters(method));
            }
        }
        return Stream.concat(Stream.of(kind(type) + " " + type.getName()), members.stream())
                .toList();
    }

    private static String kind(Class<?> type) {
        if (type.isInterface()) {
            return type.isSealed() ? "sealed interface" : "interface";
        }
        return type.isEnum() ? "enum" : type.isRecord() ? "record" : type.isSealed() ? "sealed class" : "class";
    }

    private static String words(int modifiers) {
        int kept = modifiers & (Modifier.PROTECTED | Modifier.STATIC | Modifier.ABSTRACT);
        return kept == 0 ? "" : Modifier.toString(kept) + " ";
    }

    private static String parameters(Executable executable) {
        return Arrays.stream(executable.getGenericParameterTypes())
                .map(PublicApiTest::name)
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private static String name(Type type) {
        return type.getTypeName().replaceAll("\\b(?:java\\.lang|java\\.util)\\.([A-Z])", "$1");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * No product module calls what asks a name server, so nothing that a request says can make it wait for one. The one host
 * that is looked up is that of Redis, by Lettuce.
 */
class NoNameIsLookedUpTest {

    /** What may ask a name server, by name: a type and a method of it, or of a constructor {@code <init>}. */
    private static final Set<String> LOOKS_UP = Set.of(
            "java.net.InetAddress.getByName",
            "java.net.InetAddress.getAllByName",
            "java.net.InetAddress.getLocalHost",
            "java.net.InetAddress.getHostName",
            "java.net.InetAddress.getCanonicalHostName",
            "java.net.InetAddress.isReachable",
            "java.net.Inet4Address.getHostName",
            "java.net.Inet6Address.getHostName",
            "java.net.InetSocketAddress.getHostName",
            "java.net.URL.hashCode",
            "java.net.URL.equals",
            "java.net.URL.openConnection",
            "java.net.URL.openStream",
            "jakarta.servlet.ServletRequest.getRemoteHost",
            "jakarta.servlet.ServletRequest.getLocalName",
            "jakarta.servlet.http.HttpServletRequest.getRemoteHost",
            "jakarta.servlet.http.HttpServletRequest.getLocalName");

    /** Constructors that look up a name when they are given one. */
    private static final Set<String> MAKES_FROM_A_NAME = Set.of(
            "java.net.InetSocketAddress.<init>(java.lang.String, int)",
            "java.net.Socket.<init>(java.lang.String, int)",
            "java.net.Socket.<init>(java.lang.String, int, java.net.InetAddress, int)");

    private static final ArchRule RULE = noClasses()
            .should()
            .accessTargetWhere(new DescribedPredicate<JavaAccess<?>>("something that asks a name server is called") {
                @Override
                public boolean test(JavaAccess<?> access) {
                    return asks(access);
                }
            });

    private static boolean asks(JavaAccess<?> access) {
        String target = access.getTargetOwner().getFullName() + "." + access.getName();
        String full = access.getTarget().getFullName();
        return LOOKS_UP.contains(target) || MAKES_FROM_A_NAME.contains(full.replaceAll(",(?! )", ", "));
    }

    private static JavaClasses product() {
        ClassFileImporter importer =
                new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS);
        Path root = Path.of(System.getProperty("weir.root"));
        return importer.importPaths(
                Stream.of("core", "memory-store", "redis-store", "servlet-filter", "dropin", "spring-boot")
                        .map(module -> root.resolve(module).resolve("target/classes"))
                        .toList());
    }

    @Test
    void productModules_askNoNameServer() {
        JavaClasses product = product();
        assertThat(product.contain("dev.weir.identity.Hop")).isTrue();
        assertThat(product.contain("dev.weir.redis.RedisStore")).isTrue();
        assertThat(product.contain("dev.weir.servlet.RateLimitFilter")).isTrue();
        RULE.check(product);
    }

    /** Each of these is found, or the rule could not fail. */
    @SuppressWarnings({"AddressSelection", "UnusedMethod"}) // What it warns of is what this is for.
    private static final class Asking {

        static InetAddress byName(String name) throws UnknownHostException {
            return InetAddress.getByName(name);
        }

        static String host(InetAddress address) {
            return address.getCanonicalHostName();
        }

        static InetSocketAddress socket(String name) {
            return new InetSocketAddress(name, 80);
        }

        static Socket connection(String name) throws IOException {
            return new Socket(name, 80);
        }

        static String remote(HttpServletRequest request) {
            return request.getRemoteHost();
        }

        static Function<InetSocketAddress, String> reference() {
            return InetSocketAddress::getHostName;
        }
    }

    @Test
    void rule_findsWhoAsks() {
        String found = RULE.evaluate(new ClassFileImporter().importClasses(Asking.class))
                .getFailureReport()
                .toString();
        assertThat(found).contains("byName", "host(", "socket(", "connection(", "remote(", "reference(");
    }
}

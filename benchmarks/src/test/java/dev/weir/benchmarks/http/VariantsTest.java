// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each variant does the work for which it is measured, and whoever does not is found out. */
class VariantsTest {

    private static final Logger TOMCAT = Logger.getLogger("org.apache");
    private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");

    @BeforeAll
    static void quiet() {
        TOMCAT.setLevel(Level.SEVERE);
        JETTY.setLevel(Level.SEVERE);
    }

    static Stream<Arguments> all() {
        return Arrays.stream(ServerKind.values())
                .flatMap(kind -> Arrays.stream(Variant.values()).map(variant -> Arguments.of(kind, variant)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void writesItsHeadersAndRefuses(ServerKind kind, Variant variant) throws Exception {
        try (WebServer server = kind.start(variant, Limit.CLOSED)) {
            Verification.verify(kind, variant, server.port());
        }
    }

    @Test
    void serverWithoutLimiter_isNoVariant() throws Exception {
        try (WebServer server = ServerKind.JETTY.start(Variant.NONE, Limit.CLOSED)) {
            for (Variant variant : Variant.values()) {
                if (variant != Variant.NONE) {
                    assertThatThrownBy(() -> Verification.verify(ServerKind.JETTY, variant, server.port()))
                            .as("%s", variant)
                            .isInstanceOf(IOException.class)
                            .hasMessageContaining(variant.title());
                }
            }
        }
    }

    @Test
    void missingHeader_isFound() throws Exception {
        try (WebServer server = ServerKind.JETTY.start(Variant.WEIR_1, Limit.CLOSED)) {
            assertThatThrownBy(() -> Verification.verify(ServerKind.JETTY, Variant.WEIR_1_ALL_HEADERS, server.port()))
                    .hasMessageContaining("wrote no RateLimit-Policy");
        }
    }

    @Test
    void limiterThatRefusesNothing_isNoVariant() throws Exception {
        try (WebServer server = ServerKind.JETTY.start(Variant.WEIR_1, Limit.OPEN)) {
            assertThatThrownBy(() -> Verification.verify(ServerKind.JETTY, Variant.WEIR_1, server.port()))
                    .hasMessageContaining("admitted 20");
        }
    }

    @Test
    void headersWhereNoneBelong_areFound() throws Exception {
        try (WebServer server = ServerKind.JETTY.start(Variant.NAIVE, Limit.CLOSED)) {
            assertThatThrownBy(() -> Verification.verify(ServerKind.JETTY, Variant.NONE, server.port()))
                    .hasMessageContaining("should write no headers");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.Configuration;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every application has a namespace of its own, which the configuration can hold. */
class NamespaceTest {

    private static Configuration configuration(String yaml, String contextPath) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8));
        return Configuration.read("weir.yaml", in, Namespace.of(contextPath));
    }

    @Test
    void contextPath_isTheNamespace() {
        assertThat(Namespace.of("")).isEqualTo("/");
        assertThat(Namespace.of("/shop")).isEqualTo("/shop");
        assertThat(Namespace.of("/shop/v1.2_a-b")).isEqualTo("/shop/v1.2_a-b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/shop", "/caf\u00e9", "/a b", "/a%20b", "/a~b", "/a:b", "/a{b}"})
    void namespace_isOneThatTheConfigurationTakes(String contextPath) throws IOException {
        assertThat(configuration("{}", contextPath).store().namespace()).isEqualTo(Namespace.of(contextPath));
    }

    @Test
    void pathsThatLookAlike_areKeptApart() throws IOException {
        assertThat(Namespace.of("/a~b")).isNotEqualTo(Namespace.of("/a:b")).startsWith("/a-b-");
        String longOne = "/" + "x".repeat(200);
        assertThat(Namespace.of(longOne)).hasSize(100).isNotEqualTo(Namespace.of(longOne + "y"));
        assertThat(configuration("{}", longOne).store().namespace()).hasSize(100);
    }

    @Test
    void namespaceOfTheFile_counts() throws IOException {
        assertThat(configuration("store: {namespace: weir}", "/shop").store().namespace())
                .isEqualTo("weir");
    }
}

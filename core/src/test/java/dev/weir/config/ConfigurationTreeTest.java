// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A configuration that another program holds is read as strictly as a file. */
class ConfigurationTreeTest {

    private static Configuration of(Map<String, ?> tree) {
        return Configuration.of("here", tree, Map.of("PASSWORD", "hunter2")::get);
    }

    @Test
    void tree_meansWhatAFileWould() {
        Configuration read = of(Map.of(
                "revision",
                3,
                "responses",
                Map.of("problem-json", false),
                "rules",
                List.of(Map.of("name", "api", "per", "ip", "rate", "5/min", "count", List.of(401, 403)))));
        assertThat(read).usingRecursiveComparison().isEqualTo(Configuration.parse("here", """
                        revision: 3
                        responses: {problem-json: false}
                        rules: [{name: api, per: ip, rate: 5/min, count: [401, 403]}]
                        """));
    }

    @Test
    void faults_nameThePathAndNoLine() {
        assertThatThrownBy(() -> of(Map.of("store", Map.of("max-key", 5), "rules", List.of(Map.of("rate", "5/min")))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("here has 2 faults:")
                .hasMessageContaining("  here: store.max-key: unknown key; did you mean \"max-keys\"?")
                .hasMessageContaining("  here: rules[0].name: is missing");
        assertThatThrownBy(() -> of(Collections.singletonMap("revision", null)))
                .hasMessage("here has a fault:\n  here: revision: must have a value but has none");
        assertThatThrownBy(() -> of(Map.of("rules", Arrays.asList("a", null))))
                .isInstanceOf(ConfigurationException.class);
    }

    @Test
    void secrets_areFoundWhereTheProgramKeepsThem() {
        Map<String, String> redis = Map.of("uri", "redis://here", "password", "${PASSWORD}");
        assertThat(of(Map.of("store", Map.of("type", "redis", "redis", redis)))
                        .store()
                        .options())
                .containsEntry("password", "hunter2");
        Map<String, String> unknown = Map.of("uri", "redis://here", "secret", "${NONE}");
        assertThatThrownBy(() -> of(Map.of("store", Map.of("type", "redis", "redis", unknown))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("NONE is not set");
    }

    @Test
    void treeWithoutEnd_isRefused() {
        Map<String, Object> tree = Map.of();
        for (int i = 0; i < 10_000; i++) {
            tree = Map.of("rules", List.of(tree));
        }
        Map<String, Object> deep = tree;
        assertThatThrownBy(() -> of(deep))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("here has a fault:\n  here: is nested too deep");
    }
}

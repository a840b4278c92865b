// SPDX-License-Identifier: Apache-2.0
package dev.weir.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.Configuration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** What stands under {@code weir} in files of Spring Boot means what it would in a file of Weir's own. */
class PropertyTreeTest {

    private static final Path REFERENCE = Path.of(System.getProperty("weir.root", ".."), "docs", "weir.yaml");

    private static StandardEnvironment environment(String... files) throws IOException {
        StandardEnvironment environment = new StandardEnvironment();
        for (String file : files) {
            for (var source : new YamlPropertySourceLoader()
                    .load(
                            "file " + environment.getPropertySources().size(),
                            new ByteArrayResource(file.getBytes(StandardCharsets.UTF_8)))) {
                environment.getPropertySources().addLast(source);
            }
        }
        return environment;
    }

    private static Map<String, Object> tree(String... files) throws IOException {
        return new PropertyTree(environment(files)).read();
    }

    @Test
    void referenceFile_meansTheSame() throws IOException {
        String reference = Files.readString(REFERENCE);
        String under = reference.lines().map(line -> "  " + line).collect(Collectors.joining("\n", "weir:\n", "\n"));
        StandardEnvironment environment = environment(under);
        PropertyTree properties = new PropertyTree(environment);
        Configuration here = Configuration.of("weir.yaml", properties.read(), properties::secret);
        assertThat(here).usingRecursiveComparison().isEqualTo(Configuration.parse("weir.yaml", reference));
    }

    @Test
    void mappingsAndLists_areThereAgain() throws IOException {
        assertThat(tree("""
                        weir:
                          identity:
                            user: [principal, {claim: sub}]
                          responses: {headers: []}
                          rules:
                            - {name: a, mode: off, count: [401, 403]}
                            - {name: b, never-shed: false}
                        """))
                .isEqualTo(Map.of(
                        "identity", Map.of("user", List.of("principal", Map.of("claim", "sub"))),
                        "responses", Map.of("headers", List.of()),
                        "rules",
                                List.of(
                                        Map.of("name", "a", "mode", "off", "count", List.of("401", "403")),
                                        Map.of("name", "b", "never-shed", "false"))));
    }

    @Test
    void namesOfTheApplication_mayBeNumbersAndHoldDots() throws IOException {
        assertThat(tree("""
                        weir:
                          profiles:
                            users:
                              42: {tier: pro}
                              globex/gus: {tier: free}
                              "[bob@example.com]": {tier: basic}
                        """))
                .isEqualTo(Map.of(
                        "profiles",
                        Map.of(
                                "users",
                                Map.of(
                                        "42", Map.of("tier", "pro"),
                                        "globex/gus", Map.of("tier", "free"),
                                        "bob@example.com", Map.of("tier", "basic")))));
    }

    /** As in all of Spring Boot: keys add up, a list is replaced whole. */
    @Test
    void firstSourceWins() throws IOException {
        String profile = "weir: {revision: 2, rules: [{name: one}]}";
        String base = "weir: {revision: 1, store: {namespace: shop}, rules: [{rate: 1/s, per: ip}, {name: two}]}";
        assertThat(tree(profile, base))
                .isEqualTo(Map.of(
                        "revision",
                        "2",
                        "store",
                        Map.of("namespace", "shop"),
                        "rules",
                        List.of(Map.of("name", "one"))));
    }

    @Test
    void placeholders_areResolved() throws IOException {
        assertThat(tree("api: {rate: 5/min}\nweir: {rules: [{rate: \"${api.rate}\", per: \"${api.per:ip}\"}]}"))
                .isEqualTo(Map.of("rules", List.of(Map.of("rate", "5/min", "per", "ip"))));
        assertThatThrownBy(() -> tree("weir: {rules: [{rate: \"${nowhere}\"}]}"))
                .hasMessageContaining("nowhere");
    }

    @Test
    void secret_mustBeFoundElsewhere() throws IOException {
        String file =
                "vault: {redis: hunter2}\nweir: {store: {redis: {password: \"${vault.redis}\", secret: hunter3}}}";
        PropertyTree properties = new PropertyTree(environment(file));
        Map<String, Object> tree = properties.read();
        assertThat(tree.toString()).doesNotContain("hunter2");
        assertThat(tree)
                .isEqualTo(Map.of(
                        "store", Map.of("redis", Map.of("password", "${store_redis_password}", "secret", "hunter3"))));
        assertThat(properties.secret("store_redis_password")).isEqualTo("hunter2");
        assertThat(properties.secret("other")).isNull();
        assertThatThrownBy(() -> Configuration.of("here", tree, properties::secret))
                .hasMessageContaining("store.redis.secret: a secret does not belong into this file")
                .hasMessageNotContaining("hunter");
    }

    @Test
    void singleValues_mayComeFromTheEnvironment() throws IOException {
        StandardEnvironment environment = environment("weir: {store: {type: memory, namespace: shop}}");
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        "variables",
                        Map.of(
                                "WEIR_STORE_TYPE", "redis",
                                "WEIR_STORE_MAX_KEYS", "5",
                                "WEIR_STORE_REDIS_URI", "redis://here",
                                "WEIR_STORE_REDIS_PASSWORD", "hunter2")));
        PropertyTree properties = new PropertyTree(environment);
        assertThat(properties.read())
                .isEqualTo(Map.of(
                        "store",
                        Map.of(
                                "type", "redis",
                                "namespace", "shop",
                                "max-keys", "5",
                                "redis", Map.of("uri", "redis://here", "password", "${store_redis_password}"))));
        assertThat(properties.secret("store_redis_password")).isEqualTo("hunter2");
    }

    /** Other programs of the JVM have properties of that name too; files have none. */
    @Test
    void systemProperties_countWhereTheyNameASection() throws IOException {
        StandardEnvironment environment = environment("weir: {revision: 1}");
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME,
                        Map.of("weir.root", "/x", "weir.rules[0].name", "api", "weir.revision", "7")));
        assertThat(new PropertyTree(environment).read())
                .isEqualTo(Map.of("revision", "7", "rules", List.of(Map.of("name", "api"))));
        assertThat(tree("weir: {root: /x}")).isEqualTo(Map.of("root", "/x"));
    }

    @Test
    void keysOfWeirInSpring_areNoConfiguration() throws IOException {
        assertThat(tree("weir: {enabled: true, config: weir.yaml}\nweird: {x: 1}"))
                .isEmpty();
    }

    @Test
    void names_areTakenApart() {
        assertThat(PropertyPath.parse("rules[0].name", java.util.Set.of())).containsExactly("rules", 0, "name");
        assertThat(PropertyPath.parse("a[1][2].b", java.util.Set.of())).containsExactly("a", 1, 2, "b");
        assertThat(PropertyPath.parse("users[1].b", java.util.Set.of("users"))).containsExactly("users", "1", "b");
        assertThat(PropertyPath.parse("a[b", java.util.Set.of())).containsExactly("a", "[b");
        assertThat(PropertyPath.parse("a[999999]", java.util.Set.of())).containsExactly("a", "999999");
    }
}

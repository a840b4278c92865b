// SPDX-License-Identifier: Apache-2.0
package dev.weir.readme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import dev.weir.testkit.FakeRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every configuration on every page of docs/install is one: it looks for them itself, so none can be forgotten. What the
 * pages do with them is in other tests, which the pages name.
 */
class InstallPagesTest {

    private static final Path PAGES = Path.of(System.getProperty("weir.root"), "docs/install");
    private static final Pattern BLOCK = Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    /** What a command of a page writes into a file. */
    private static final Pattern WRITTEN =
            Pattern.compile("^cat > \\S*weir\\.yaml\\S* <<'END'\\n(.*?)^END$", Pattern.DOTALL | Pattern.MULTILINE);

    private static final Pattern INDENT = Pattern.compile("(?m)^  ");

    /** What a page shows of others' configuration, by how it begins. */
    private static final Map<String, String> OF_OTHERS = Map.of("behind-a-proxy.md", "entryPoints:");

    /** What Spring Boot's file names in place of rules. */
    private static final String NAMED = "weir:\n  config: classpath:weir.yaml\n";

    private static final String RULE = "\nrules: [{name: api, path: /**, per: identity, rate: requests}]\n";

    private static List<String> pages() throws IOException {
        try (Stream<Path> files = Files.list(PAGES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    /** The configurations of a page, in the order in which they stand there. */
    private static List<String> blocks(String page) throws IOException {
        List<String> blocks = new ArrayList<>();
        for (MatchResult block : (Iterable<MatchResult>)
                BLOCK.matcher(Files.readString(PAGES.resolve(page))).results()::iterator) {
            String text = block.group(2);
            switch (block.group(1)) {
                case "yaml", "yml" -> blocks.add(text);
                case "sh" -> WRITTEN.matcher(text).results().forEach(written -> blocks.add(written.group(1)));
                default ->
                    assertThat(text)
                            .as("a configuration in a block of " + page + " that does not say so")
                            .doesNotContainPattern("(?m)^(?:weir|rules|identity|profiles|tiers|store|exempt):");
            }
        }
        return blocks;
    }

    static Stream<Arguments> configurations() throws IOException {
        List<Arguments> all = new ArrayList<>();
        for (String page : pages()) {
            String foreign = OF_OTHERS.getOrDefault(page, "none");
            for (String block : blocks(page)) {
                if (!block.startsWith(foreign) && !block.equals(NAMED)) {
                    all.add(Arguments.of(page, block));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void configurationOfAPage_isOne(String page, String block) {
        String ours = block.startsWith("weir:\n")
                ? INDENT.matcher(block.substring("weir:\n".length())).replaceAll("")
                : block;
        String whole = Pattern.compile("(?m)^rules:").matcher(ours).find() ? ours : ours + RULE;
        try (RateLimiter limiter =
                RateLimiter.builder(Configuration.parse(page, whole)).build()) {
            assertThat(limiter.decide(FakeRequest.get("/").from("203.0.113.9")).isAdmitted())
                    .isTrue();
        }
    }

    @Test
    void pages_haveWhatIsLookedFor() throws IOException {
        Map<String, Integer> found = new TreeMap<>();
        for (String page : pages()) {
            List<String> blocks = blocks(page);
            found.put(page, blocks.size());
            long foreign = blocks.stream()
                    .filter(block -> block.startsWith(OF_OTHERS.getOrDefault(page, "none")))
                    .count();
            assertThat(foreign).as("others' on " + page).isEqualTo(OF_OTHERS.containsKey(page) ? 1 : 0);
        }
        assertThat(found.get("tomcat.md"))
                .as("one of a command and two of YAML")
                .isGreaterThanOrEqualTo(3);
        assertThat(found.get("jetty.md")).isGreaterThanOrEqualTo(2);
        assertThat(found.get("spring-boot.md")).isGreaterThanOrEqualTo(2);
        assertThat(found.get("coming-from-tomcat.md")).isPositive();
        assertThat(blocks("coming-from-bucket4j-spring-boot-starter.md")).contains(NAMED);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.Node.ListNode;
import dev.weir.config.Node.MapNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page {@code docs/configuration.md} speaks of every key, and the errors that it shows are the real ones. */
class ConfigurationPageTest {

    /** Mappings whose keys are names of the user's own. */
    private static final Set<String> NAMES = Set.of("tiers", "tenants", "users");

    private final String page = Files.readString(ReferenceFileTest.FILE.resolveSibling("configuration.md"));

    ConfigurationPageTest() throws IOException {}

    @Test
    void everyKeyOfTheReferenceIsMentioned() throws IOException {
        String text = Files.readString(ReferenceFileTest.FILE);
        Node root = NodeReader.read("weir.yaml", text, new Faults("weir.yaml"));
        Set<String> keys = new TreeSet<>();
        collect(root, "", keys);
        Matcher commented = Pattern.compile("(?m)^ *# +([a-z]+(?:-[a-z]+)*): ").matcher(text);
        while (commented.find()) {
            keys.add(commented.group(1));
        }
        assertThat(keys).hasSizeGreaterThan(50).contains("uri", "deadline", "cpu", "never-shed", "start-rate");
        assertThat(keys).allSatisfy(key -> assertThat(page).contains("`" + key + "`"));
    }

    private static void collect(Node node, String parent, Set<String> keys) {
        if (node instanceof ListNode list) {
            list.elements().forEach(element -> collect(element, parent, keys));
        }
        if (node instanceof MapNode map) {
            map.entries().forEach((key, entry) -> {
                if (!NAMES.contains(parent)) {
                    keys.add(key);
                }
                collect(entry.value(), NAMES.contains(parent) ? "" : key, keys);
            });
        }
    }

    /** Every error behind an arrow stands in the golden file too, unless its example is not among the cases. */
    @Test
    void errorsThatAreShown_areReal() throws IOException {
        String golden;
        try (var in = ConfigurationPageTest.class.getResourceAsStream("errors.golden.txt")) {
            golden = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
        Matcher error = Pattern.compile("-> `([^`]+)`").matcher(page);
        int shown = 0;
        while (error.find()) {
            assertThat(golden).contains(error.group(1).replace('\n', ' '));
            shown++;
        }
        assertThat(shown).isGreaterThan(8);
    }
}

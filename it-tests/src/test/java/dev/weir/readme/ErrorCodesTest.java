// SPDX-License-Identifier: Apache-2.0
package dev.weir.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each code that Weir says has a paragraph in {@code docs/error-codes.md}, and each paragraph a code that is said. */
class ErrorCodesTest {

    private static final Path ROOT = Path.of(System.getProperty("weir.root"));

    @Test
    void codesAndParagraphs_areTheSame() throws IOException {
        Set<String> explained = find("(?m)^## (WEIR-[0-9]{3})$", Files.readString(ROOT.resolve("docs/error-codes.md")));
        Set<String> said = new TreeSet<>();
        for (Path source : sources()) {
            said.addAll(find("(WEIR-[0-9]{3})", Files.readString(source)));
        }
        assertThat(said).hasSizeGreaterThan(8).isEqualTo(explained);
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(".java")
                            && file.toString().contains("src" + java.io.File.separator + "main"))
                    .toList();
        }
    }

    private static Set<String> find(String pattern, String text) {
        Set<String> found = new TreeSet<>();
        for (Matcher matcher = Pattern.compile(pattern).matcher(text); matcher.find(); ) {
            found.add(matcher.group(1));
        }
        return found;
    }
}

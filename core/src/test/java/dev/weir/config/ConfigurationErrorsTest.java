// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What the author of a bad file reads. Both resources are meant to be read: {@code errors.cases.txt} holds the files,
 * {@code errors.golden.txt} the messages. What was really said stands in {@code target/errors.actual.txt} after a run.
 */
class ConfigurationErrorsTest {

    private static final Pattern TITLE = Pattern.compile("(?m)^=== (.*)\n");

    private record BadFile(String name, String text) {}

    @Test
    void everyMessageSaysPlaceFindingAndRemedy() throws IOException {
        StringBuilder said = new StringBuilder();
        cases().forEach((title, file) -> said.append("=== ")
                .append(title)
                .append('\n')
                .append(message(file))
                .append("\n\n"));
        Files.writeString(Path.of("target", "errors.actual.txt"), said);
        assertThat(said.toString()).isEqualTo(resource("errors.golden.txt"));
    }

    @Test
    void thereAreManyCases() throws IOException {
        assertThat(cases()).hasSizeGreaterThan(80);
    }

    /** A secret that was written into the file by mistake must not travel on into logs. */
    @Test
    void noMessageRepeatsASecret() throws IOException {
        assertThat(resource("errors.cases.txt")).contains("hunter2");
        assertThat(resource("errors.golden.txt")).doesNotContain("hunter2");
    }

    private static String message(BadFile file) {
        Secrets none = new Secrets(name -> null, null);
        Throwable thrown = catchThrowable(() -> Configuration.parse(file.name(), file.text(), none));
        assertThat(thrown).as(file.text()).isInstanceOf(ConfigurationException.class);
        return thrown.getMessage();
    }

    private static Map<String, BadFile> cases() throws IOException {
        Map<String, BadFile> cases = new LinkedHashMap<>();
        String all = resource("errors.cases.txt");
        Matcher title = TITLE.matcher(all);
        while (title.find()) {
            int end = all.indexOf("\n=== ", title.end() - 1);
            String text = all.substring(title.end(), end < 0 ? all.length() : end)
                    .stripTrailing()
                    .replace("\\t", "\t")
                    .replace("\\uFEFF", "\uFEFF")
                    .replace("\\0", "\0");
            String name = title.group(1).endsWith("(weir.json)") ? "weir.json" : "weir.yaml";
            cases.put(title.group(1), new BadFile(name, text));
        }
        return cases;
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = ConfigurationErrorsTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

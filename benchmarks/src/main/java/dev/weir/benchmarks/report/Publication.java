// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Puts sections and pictures into {@code docs}, or into a folder that looks like it. Not thread-safe. */
public final class Publication {

    private static final String PAGE = "docs/benchmarks.md";

    private final Path root;
    private final Path out;

    /**
     * Begins.
     *
     * @param root the folder of the repository, whose page is the pattern
     * @param out where to write; the repository itself, or a folder that is made to look like it
     */
    public Publication(Path root, Path out) {
        this.root = root;
        this.out = out;
    }

    /**
     * Writes all sections.
     *
     * @param sections what stands between the markers of that name
     * @return the files that were written
     * @throws IOException if one cannot be, or the page has no such markers
     */
    public List<Path> publish(List<Section> sections) throws IOException {
        Path page = out.resolve(PAGE);
        String text = page(sections);
        List<Path> written = new ArrayList<>();
        Path pictures = Files.createDirectories(out.resolve("docs/benchmarks"));
        for (Section section : sections) {
            text = replace(text, section.name(), section.markdown());
            for (Map.Entry<String, String> picture : section.pictures().entrySet()) {
                Path file = pictures.resolve(picture.getKey());
                written.add(Files.writeString(file, picture.getValue(), StandardCharsets.UTF_8));
            }
        }
        written.add(Files.writeString(page, text, StandardCharsets.UTF_8));
        return written;
    }

    /** What other comparisons have written before stays, unless the page has changed its sections since. */
    private String page(List<Section> sections) throws IOException {
        Path page = out.resolve(PAGE);
        if (Files.exists(page)) {
            String text = Files.readString(page, StandardCharsets.UTF_8);
            if (sections.stream().allMatch(section -> text.contains(begin(section.name())))) {
                return text;
            }
        }
        return Files.readString(root.resolve(PAGE), StandardCharsets.UTF_8);
    }

    private static String begin(String name) {
        return "<!-- begin: " + name + " -->";
    }

    /** Everything between the markers goes, the markers and all else stay. */
    static String replace(String page, String name, String body) throws IOException {
        String begin = begin(name);
        String end = "<!-- end: " + name + " -->";
        int from = page.indexOf(begin);
        int to = page.indexOf(end);
        if (from < 0 || to < from) {
            throw new IOException(PAGE + " must have " + begin + " and, behind it, " + end);
        }
        return page.substring(0, from + begin.length()) + "\n" + body.strip() + "\n" + page.substring(to);
    }
}

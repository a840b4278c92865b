// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.benchmarks.report.BarChart.Bar;
import dev.weir.benchmarks.report.BarChart.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublicationTest {

    @TempDir
    private Path root;

    @Test
    void publish_replacesWhatStandsBetweenTheMarkers_andNothingElse() throws IOException {
        page("before\n<!-- begin: a -->\nold\n<!-- end: a -->\nafter\n<!-- begin: b -->\nkept\n<!-- end: b -->\n");
        new Publication(root, root).publish(List.of(section("a")));
        new Publication(root, root).publish(List.of(section("a")));
        assertThat(root.resolve("docs/benchmarks.md")).content().isEqualTo("""
                before
                <!-- begin: a -->
                how it was

                ![Title](benchmarks/a.svg)

                | who | time |
                | --- | ---: |
                | Weir | 1 ns |
                <!-- end: a -->
                after
                <!-- begin: b -->
                kept
                <!-- end: b -->
                """);
        assertThat(root.resolve("docs/benchmarks/a.svg")).content().startsWith("<svg");
    }

    @Test
    void publishElsewhere_leavesTheRepositoryAlone() throws IOException {
        page("<!-- begin: a -->\nold\n<!-- end: a -->\n");
        Path out = root.resolve("out");
        List<Path> written = new Publication(root, out).publish(List.of(section("a")));
        assertThat(written).containsExactly(out.resolve("docs/benchmarks/a.svg"), out.resolve("docs/benchmarks.md"));
        assertThat(root.resolve("docs/benchmarks.md")).content().contains("old");
    }

    @Test
    void earlierCopyOfAnotherPage_isLeftBehind() throws IOException {
        page("<!-- begin: a -->\nold\n<!-- end: a -->\n");
        Path out = root.resolve("out");
        Files.createDirectories(out.resolve("docs"));
        Files.writeString(out.resolve("docs/benchmarks.md"), "as it was before there was a section a\n");
        new Publication(root, out).publish(List.of(section("a")));
        assertThat(out.resolve("docs/benchmarks.md")).content().startsWith("<!-- begin: a -->\nhow it was");
    }

    @Test
    void copyWithTheMarkers_keepsWhatOthersWrote() throws IOException {
        page("<!-- begin: a -->\nold\n<!-- end: a -->\n");
        Path out = root.resolve("out");
        Files.createDirectories(out.resolve("docs"));
        Files.writeString(out.resolve("docs/benchmarks.md"), "kept\n<!-- begin: a -->\n<!-- end: a -->\n");
        new Publication(root, out).publish(List.of(section("a")));
        assertThat(out.resolve("docs/benchmarks.md")).content().startsWith("kept\n");
    }

    @Test
    void pageWithoutTheMarkers_isRefused() throws IOException {
        page("<!-- end: a -->\n<!-- begin: a -->\n");
        Publication publication = new Publication(root, root);
        assertThatThrownBy(() -> publication.publish(List.of(section("a"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("begin: a");
    }

    private void page(String text) throws IOException {
        Files.createDirectories(root.resolve("docs"));
        Files.writeString(root.resolve("docs/benchmarks.md"), text);
    }

    private static Section section(String name) {
        BarChart chart = new BarChart("Title", "", "time").row("Weir", Kind.OWN, List.of(new Bar(1, "1 ns")));
        return Section.of(name, "how it was", chart, new Table("who", "time").row("Weir", "1 ns"));
    }
}

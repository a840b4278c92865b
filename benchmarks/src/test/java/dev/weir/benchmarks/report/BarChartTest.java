// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.benchmarks.report.BarChart.Bar;
import dev.weir.benchmarks.report.BarChart.Kind;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class BarChartTest {

    private final BarChart chart = new BarChart("Time & space", "less is better", "1,000 keys", "1,000,000 keys");

    @Test
    void svg_isXml_withEveryTextAndABarForEachValue() throws Exception {
        chart.row("Weir <one>", Kind.OWN, List.of(new Bar(50, "50 ns"), new Bar(1, "1 us")));
        chart.row("a peer", Kind.PEER, List.of(new Bar(100, "100 ns"), new Bar(2, "2 us")));
        Document svg = parse(chart.svg());
        assertThat(svg.getDocumentElement().getTextContent())
                .contains("Time & space", "less is better", "1,000,000 keys", "Weir <one>", "100 ns", "2 us");
        assertThat(svg.getElementsByTagName("rect").getLength()).isEqualTo(1 + 4);
    }

    @Test
    void bars_areAsLongAsTheirValues_andStayInside() throws Exception {
        chart.row("Weir", Kind.OWN, List.of(new Bar(50, "50 ns"), new Bar(0, "0")));
        chart.row("a peer", Kind.PEER, List.of(new Bar(100, "100 ns"), new Bar(7, "7")));
        Document svg = parse(chart.svg());
        assertThat(width(svg, 2) / width(svg, 1)).isBetween(1.99, 2.01);
        for (int i = 1; i <= 4; i++) {
            assertThat(x(svg, i) + width(svg, i)).isLessThan(900);
        }
    }

    @Test
    void rowWithTooFewBars_isRefused() {
        assertThatThrownBy(() -> chart.row("Weir", Kind.OWN, List.of(new Bar(1, "1"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 bars");
    }

    private static double width(Document svg, int rectangle) {
        return Double.parseDouble(rectangle(svg, rectangle).getAttribute("width"));
    }

    private static double x(Document svg, int rectangle) {
        return Double.parseDouble(rectangle(svg, rectangle).getAttribute("x"));
    }

    private static Element rectangle(Document svg, int index) {
        return (Element) svg.getElementsByTagName("rect").item(index);
    }

    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weir.benchmarks.report.BarChart.Kind;
import dev.weir.benchmarks.report.LineChart.Axis;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class LineChartTest {

    private static final int WIDTH = 900;

    private record Box(String text, double left, double right, double bottom) {}

    private final Axis even = new Axis("processes", false, List.of(1, 2, 4));
    private final Axis decades = new Axis("identities", true, List.of(10, 1_000, 100_000, 1_000_000));

    @Test
    void svg_isXml_withAxesAndALineForEachPanel() throws Exception {
        LineChart chart = new LineChart("Time & space", "more is better", even, "hot <key>", "cold");
        chart.line("Weir <one>", Kind.OWN, List.of(List.of(100.0, 200.0, 400.0), List.of(1.0, 2.0, 3.0)));
        chart.line("a peer", Kind.PEER, List.of(List.of(50.0, 40.0, 30.0), List.of(1.0, 2.0, 3.0)));
        Document svg = parse(chart.svg());
        assertThat(svg.getDocumentElement().getTextContent())
                .contains("Time & space", "more is better", "hot <key>", "cold", "Weir <one>", "a peer")
                .contains("processes", "\n1\n", "\n2\n", "\n4\n", "\n0\n", "\n100\n", "\n400\n");
        assertThat(svg.getElementsByTagName("polyline").getLength()).isEqualTo(4);
    }

    @Test
    void heights_areInProportion_andTheScaleIsThatOfAllPanels() throws Exception {
        LineChart chart = new LineChart("t", "n", even, "one", "other");
        chart.line("Weir", Kind.OWN, List.of(List.of(0.0, 100.0, 200.0), List.of(400.0, 200.0, 0.0)));
        Document svg = parse(chart.svg());
        double[][] one = points(svg, 0);
        double[][] other = points(svg, 1);
        assertThat(one[0][1] - one[1][1]).isCloseTo(one[1][1] - one[2][1], within(0.2));
        assertThat(one[2][1]).isEqualTo(other[1][1]);
        assertThat(one[0][1] - other[0][1]).isCloseTo(4 * (one[0][1] - one[1][1]), within(0.4));
    }

    @Test
    void evenAxis_showsDifferences_logarithmicAxisRatios() throws Exception {
        double[][] differences = points(
                parse(new LineChart("t", "n", even, "p")
                        .line("Weir", Kind.OWN, List.of(List.of(1.0, 1.0, 1.0)))
                        .svg()),
                0);
        assertThat(differences[2][0] - differences[1][0])
                .isCloseTo(2 * (differences[1][0] - differences[0][0]), within(0.3));
        double[][] ratios = points(
                parse(new LineChart("t", "n", decades, "p")
                        .line("Weir", Kind.OWN, List.of(List.of(1.0, 1.0, 1.0, 1.0)))
                        .svg()),
                0);
        assertThat(ratios[1][0] - ratios[0][0]).isCloseTo(2 * (ratios[3][0] - ratios[2][0]), within(0.3));
        assertThat(ratios[2][0] - ratios[1][0]).isCloseTo(ratios[1][0] - ratios[0][0], within(0.3));
    }

    /** By the widths that are assumed when it is drawn, which are wider than most fonts. */
    @Test
    void texts_stayInside_andDoNotOverlap() throws Exception {
        LineChart chart = new LineChart("Decisions", "a note", decades, "one hot key", "100,000 callers");
        for (int i = 0; i < 7; i++) {
            List<Double> values = List.of(80_000.0, 70_000.0, 60_000.0, 98_000.0);
            chart.line("Spring Cloud Gateway's script " + i, Kind.PEER, List.of(values, values));
        }
        List<Box> boxes = boxes(parse(chart.svg()));
        assertThat(boxes).hasSizeGreaterThan(20);
        for (Box box : boxes) {
            assertThat(box.left()).as("%s", box).isGreaterThanOrEqualTo(0);
            assertThat(box.right()).as("%s", box).isLessThanOrEqualTo(WIDTH);
            for (Box other : boxes) {
                boolean apart = box.equals(other)
                        || box.right() <= other.left()
                        || other.right() <= box.left()
                        || Math.abs(box.bottom() - other.bottom()) >= 15;
                assertThat(apart).as("%s and %s", box, other).isTrue();
            }
        }
    }

    @Test
    void peers_areToldApart_withoutColour() throws Exception {
        LineChart chart = new LineChart("t", "n", even, "p");
        List<List<Double>> values = List.of(List.of(1.0, 2.0, 3.0));
        chart.line("a", Kind.PEER, values).line("Weir", Kind.OWN, values).line("b", Kind.PEER, values);
        NodeList lines = parse(chart.svg()).getElementsByTagName("polyline");
        assertThat(((Element) lines.item(0)).getAttribute("stroke-dasharray"))
                .isNotEqualTo(((Element) lines.item(2)).getAttribute("stroke-dasharray"));
        assertThat(((Element) lines.item(1)).getAttribute("class")).isEqualTo("line own-line");
    }

    @Test
    void nothingMeasured_isAPictureWithoutLines() throws Exception {
        Document svg = parse(new LineChart("t", "n", even, "p").svg());
        assertThat(svg.getElementsByTagName("polyline").getLength()).isZero();
    }

    @Test
    void lineOfAnotherLength_isRefused() {
        LineChart chart = new LineChart("t", "n", even, "p");
        assertThatThrownBy(() -> chart.line("Weir", Kind.OWN, List.of(List.of(1.0, 2.0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 values in each of 1 panels");
        assertThatThrownBy(() -> new Axis("x", false, List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Box> boxes(Document svg) {
        List<Box> boxes = new ArrayList<>();
        NodeList texts = svg.getElementsByTagName("text");
        for (int i = 0; i < texts.getLength(); i++) {
            Element text = (Element) texts.item(i);
            String words = text.getTextContent();
            double x = Double.parseDouble(text.getAttribute("x"));
            List<String> classes = Arrays.asList(text.getAttribute("class").split(" ", -1));
            double back = classes.contains("end") ? 1 : classes.contains("middle") ? 0.5 : 0;
            double left = x - back * Svg.width(words);
            boxes.add(new Box(words, left, left + Svg.width(words), Double.parseDouble(text.getAttribute("y"))));
        }
        return boxes;
    }

    private static double[][] points(Document svg, int line) {
        String points = ((Element) svg.getElementsByTagName("polyline").item(line)).getAttribute("points");
        return Arrays.stream(points.split(" ", -1))
                .map(point -> Arrays.stream(point.split(",", -1))
                        .mapToDouble(Double::parseDouble)
                        .toArray())
                .toArray(double[][]::new);
    }

    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }
}

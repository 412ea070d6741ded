package dev.convoke.report.chart;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.model.Layer;
import dev.convoke.report.chart.Series.Stroke;
import dev.convoke.sweep.SweepResults.LayerFacts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ChartTest {
    /** Coordinates are written to a hundredth. */
    private static final double HUNDREDTH = 0.011;
    /** Ticks are few multiplications away from a decimal fraction. */
    private static final double CLOSE = 1e-9;

    private static final Pattern PAIR = Pattern.compile("[ML](-?[0-9.]+) (-?[0-9.]+)");
    private static final Pattern COORDINATE = Pattern.compile(" (x|x1|x2|cx|y|y1|y2|cy)=\"(-?[0-9.]+)\"");

    @Test
    void ticks_are_round_numbers() {
        assertEquals(List.of(0.0, 5.0, 10.0, 15.0), Ticks.linear(0, 15, 4));
        assertArrayEquals(
                new double[] {0.02, 0.05, 0.1, 0.2},
                Ticks.logarithmic(0.011, 0.3).stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray(),
                CLOSE);
        assertTrue(Ticks.logarithmic(1e-6, 1e6).size() <= 13, "over many powers only the powers are named");
    }

    @Test
    void ticks_end_where_a_step_is_lost_beside_the_values() {
        assertEquals(List.of(1e300), Ticks.linear(1e300, 1e300, 5));
        assertEquals(List.of(1e300), Ticks.linear(1e300, Math.nextUp(1e300), 5));
        assertEquals(List.of(-Double.MAX_VALUE), Ticks.linear(-Double.MAX_VALUE, Double.MAX_VALUE, 5));
    }

    @Test
    void an_error_scale_puts_98_percent_well_below_99() {
        Scale scale = Scale.around(Scale.Kind.ERROR, new double[] {0.9, 0.99});
        double middle = scale.at(0.9684);
        assertEquals(0.5, middle, 0.01, "1 - 0.9684 is the geometric mean of 0.1 and 0.01");
        assertEquals("98", scale.label(0.98));
        assertEquals("99.5", scale.label(0.995));
    }

    @Test
    void a_scale_bears_perfect_and_hopeless_values() {
        Scale scale = Scale.around(Scale.Kind.ERROR, new double[] {0, 1, Double.NaN});
        assertEquals(1, scale.at(1), 0.06);
        assertTrue(scale.at(0) >= 0);
        Scale losses = Scale.around(Scale.Kind.LOGARITHMIC, new double[] {0, 3, Double.POSITIVE_INFINITY});
        assertTrue(losses.at(0) >= 0 && losses.at(3) <= 1);
        assertTrue(Scale.around(Scale.Kind.LOGARITHMIC, new double[0]).ticks().size() > 0);
        assertTrue(Scale.around(Scale.Kind.ERROR, new double[] {0.5}).ticks().size() > 0);
    }

    @Test
    void labels_keep_their_distance_and_stay_inside() {
        double[] places = EndLabels.place(new double[] {50, 51, 52, 199}, 14, 10, 200);
        for (int i = 1; i < places.length; i++) {
            assertTrue(places[i] - places[i - 1] >= 14 - CLOSE, "label " + i);
        }
        assertTrue(places[0] >= 10 && places[3] <= 200);
        double[] low = EndLabels.place(new double[] {198, 199, 200}, 14, 10, 200);
        assertArrayEquals(new double[] {172, 186, 200}, low, CLOSE);
    }

    @Test
    void crowded_marks_get_labels_that_cover_nothing() {
        List<LabelPlaces.Mark> marks = List.of(
                new LabelPlaces.Mark(100, 100, 5, "conv1"),
                new LabelPlaces.Mark(104, 103, 5, "conv2"),
                new LabelPlaces.Mark(98, 96, 5, "conv3"),
                new LabelPlaces.Mark(101, 108, 5, "logits"));
        List<LabelPlaces.Label> labels = new LabelPlaces(0, 0, 300, 200).place(marks);
        for (int i = 0; i < labels.size(); i++) {
            for (int j = 0; j < marks.size(); j++) {
                LabelPlaces.Label label = labels.get(i);
                boolean beside = marks.get(j).x() <= label.x() || marks.get(j).x() >= label.x() + 32;
                boolean apart = Math.abs(label.baseline() - 3 - marks.get(j).y()) >= 6;
                assertTrue(beside || apart, i + " covers mark " + j);
                assertTrue(
                        i == j
                                || Math.abs(label.baseline() - labels.get(j).baseline()) >= 12
                                || Math.abs(label.x() - labels.get(j).x()) >= 30,
                        i + " covers label " + j);
            }
        }
    }

    @Test
    void every_coordinate_lies_inside_the_view_box() {
        double[] x = {1, 2, 3};
        double[] wild = {1e-9, 50, Double.NaN};
        Series banded = new Series(
                "with a band",
                Hue.BLUE,
                Stroke.SOLID,
                x,
                new double[] {0.5, 0.4, 0.3},
                Optional.of(new Series.Band(new double[] {0.1, 0.2, 0.1}, new double[] {0.9, 0.95, 70})));
        for (LinePanel.Axis axis : List.of(LinePanel.Axis.LOSS, LinePanel.Axis.ACCURACY)) {
            assertInside(new LinePanel(
                    "Loss",
                    axis,
                    List.of(banded, Series.line("wild", Hue.GREEN, Stroke.DASHED, x, wild)),
                    List.of(2, 99),
                    LinePanel.Size.WIDE));
        }
        assertInside(new DotPanel("Dots", List.of(new DotPanel.Row("a", 0.98, 0.97, 0.99, 0.985))));
        assertInside(new RooflinePanel(
                "Roofline",
                1e11,
                2e10,
                1e11,
                List.of(
                        new RooflinePanel.Point("conv1", RooflinePanel.Mark.CIRCLE, 150, 6e11, 0.9),
                        new RooflinePanel.Point("conv1", RooflinePanel.Mark.DIAMOND, 140, 5e11, 0.1),
                        new RooflinePanel.Point("loss", RooflinePanel.Mark.SQUARE, 0.3, 1e8, 0.001))));
        assertInside(new BarPanel("Bars", "epoch", List.of(new BarPanel.Bar("2", 1.0, Hue.GRAY))));
        assertInside(new HeatMap("Confusion", List.of(List.of(5, 1), List.of(0, 7)), List.of("cat", "dog")));
        assertInside(new Architecture(
                "Net",
                List.of(
                        new LayerFacts("a", "convolution 3x3", "32x28x28", 320, 1),
                        new LayerFacts("b", "dense", "10", 9, 1))));
        assertInside(residual());
    }

    /** A convolution whose output is added to its input, which the last layer reads too. */
    private static Architecture residual() {
        return new Architecture(
                "Residual",
                List.of(
                        layer("a", "convolution", List.of(8, 20, 28), "input"),
                        layer("relu", "activation", List.of(8, 20, 28), "a"),
                        layer("b", "convolution", List.of(8, 20, 28), "relu"),
                        layer("sum", "add", List.of(8, 20, 28), "relu", "b"),
                        layer("all", "concatenate", List.of(17, 20, 28), "sum", "relu", "input")));
    }

    private static LayerFacts layer(String name, String type, List<Integer> shape, String... inputs) {
        return new LayerFacts(
                name, type, "", 0, 0, Optional.of(type), Optional.of(shape), Optional.of(List.of(inputs)));
    }

    @Test
    void a_layer_that_reads_another_than_the_one_before_it_is_joined_to_that_one() {
        String svg = residual().draw().toString();
        assertEquals(3, svg.split("class=\"skip\"", -1).length - 1, "relu to sum, relu to all, images to all");
        assertEquals(4, svg.split("<rect", -1).length - 1, "the function has no plate of its own");
        assertTrue(svg.contains("plate c6"), "joins have a hue of their own");
        Architecture chain = new Architecture("Chain", List.of(layer("a", "dense", List.of(3, 1, 1), "input")));
        assertTrue(!chain.draw().toString().contains("skip"));
    }

    private static void assertInside(Panel panel) {
        String svg = panel.draw().toString();
        Matcher pairs = PAIR.matcher(svg);
        while (pairs.find()) {
            assertWithin(Double.parseDouble(pairs.group(1)), panel.width(), pairs.group());
            assertWithin(Double.parseDouble(pairs.group(2)), panel.height(), pairs.group());
        }
        Matcher single = COORDINATE.matcher(svg);
        int found = 0;
        while (single.find()) {
            double bound = single.group(1).contains("x") ? panel.width() : panel.height();
            assertWithin(Double.parseDouble(single.group(2)), bound, single.group());
            found++;
        }
        assertTrue(found > 0, "nothing was drawn");
    }

    private static void assertWithin(double value, double bound, String what) {
        assertTrue(value >= -HUNDREDTH && value <= bound + HUNDREDTH, what + " lies outside " + bound);
    }

    @Test
    void an_empty_panel_says_so_and_one_epoch_is_a_dot() {
        double[] none = {};
        LinePanel empty = panel(Series.line("", Hue.BLUE, Stroke.SOLID, none, none));
        assertTrue(empty.draw().toString().contains("nothing was trained"));
        LinePanel nan = panel(Series.line("", Hue.BLUE, Stroke.SOLID, new double[] {1}, new double[] {Double.NaN}));
        assertTrue(nan.draw().toString().contains("nothing was trained"));
        LinePanel one = panel(Series.line("", Hue.BLUE, Stroke.SOLID, new double[] {1}, new double[] {0.4}));
        assertTrue(one.draw().toString().contains("<circle"));
    }

    private static LinePanel panel(Series series) {
        return new LinePanel("Loss", LinePanel.Axis.LOSS, List.of(series), List.of(), LinePanel.Size.SMALL);
    }

    @Test
    void a_value_that_is_not_a_number_leaves_a_gap() {
        Series gap = Series.line(
                "", Hue.BLUE, Stroke.SOLID, new double[] {1, 2, 3, 4, 5}, new double[] {1, 1, Double.NaN, 1, 1});
        String path = panel(gap).draw().toString();
        Matcher line = Pattern.compile("class=\"line c1\" d=\"([^\"]*)\"").matcher(path);
        assertTrue(line.find());
        assertEquals(2, line.group(1).chars().filter(c -> c == 'M').count());
    }

    @Test
    void panels_that_share_an_axis_name_the_same_ticks() {
        LinePanel low = panel(Series.line("", Hue.BLUE, Stroke.SOLID, new double[] {1, 2}, new double[] {0.03, 0.04}));
        LinePanel high = panel(Series.line("", Hue.BLUE, Stroke.SOLID, new double[] {1, 2}, new double[] {2, 3}));
        List<Panel> shared = LinePanel.sharing(List.of(low, high));
        assertEquals(
                shared.get(0).draw().toString().split("tick end", -1).length,
                shared.get(1).draw().toString().split("tick end", -1).length);
        assertTrue(shared.get(0).draw().toString().contains(">2</text>"), "the low panel reaches up to the high one");
    }

    @Test
    void a_picture_is_read_back_as_it_was() throws IOException {
        byte[] gray = {0, 50, 100, (byte) 200, (byte) 255, 7};
        var read = ImageIO.read(new ByteArrayInputStream(PngImage.encode(2, 3, 1, gray)));
        assertEquals(3, read.getWidth());
        assertEquals(200, read.getRaster().getSample(0, 1, 0));
        byte[] color = {10, 20, 30, 40, 50, 60};
        var rgb = ImageIO.read(new ByteArrayInputStream(PngImage.encode(2, 1, 3, color)));
        assertEquals(0xff28323c, rgb.getRGB(0, 1));
        assertThrows(IllegalArgumentException.class, () -> PngImage.encode(2, 2, 1, gray));
        assertThrows(IllegalArgumentException.class, () -> PngImage.encode(3, 1, 2, gray));
    }

    @Test
    void shapes_of_early_results_are_read_from_their_words() {
        LayerFacts map = new LayerFacts("a", "convolution 3x3", "32x14x20", 0, 0);
        assertEquals(new Architecture.Shape(14, 32), Architecture.Shape.of(map));
        LayerFacts vector = new LayerFacts("b", "leaky relu", "128", 0, 0);
        assertEquals(1, Architecture.Shape.of(vector).depth(), CLOSE);
        assertEquals(Optional.of(Layer.Group.ACTIVATION), vector.group());
        assertEquals(Optional.of(Layer.Group.CONVOLUTION), map.group());
        assertEquals(List.of("batch norm"), Architecture.lines("batch normalization"));
    }
}

package dev.convoke.report.chart;

import dev.convoke.report.markup.Element;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Lines over epochs.
 *
 * @param title metric and unit; serves as the label of the y axis
 * @param series drawn in this order
 * @param marks epochs marked by a vertical line
 * @param size of the panel
 * @param reach additional values that the y axis includes, so that panels can share an axis
 */
public record LinePanel(
        String title, Axis axis, List<Series> series, List<Integer> marks, Size size, List<Double> reach)
        implements Panel {
    private static final double LEFT = 44;
    private static final double TOP = 34;
    private static final double BOTTOM = 36;
    private static final double LABEL_GAP = 14;
    /** Width of a character of a label, at most. */
    private static final double CHARACTER = 6.7;

    private static final double SWATCH = 24;

    /** What the y axis shows. */
    public enum Axis {
        LOSS(Scale.Kind.LOGARITHMIC),
        ACCURACY(Scale.Kind.ERROR),
        SHARE(Scale.Kind.LINEAR);

        private final Scale.Kind kind;

        Axis(Scale.Kind kind) {
            this.kind = kind;
        }
    }

    /** How large a panel is. */
    public enum Size {
        WIDE(440, 290),
        SMALL(340, 220);

        private final int width;
        private final int height;

        Size(int width, int height) {
            this.width = width;
            this.height = height;
        }
    }

    public LinePanel {
        series = List.copyOf(series);
        marks = List.copyOf(marks);
        reach = List.copyOf(reach);
    }

    /** A panel whose y axis holds its own lines. */
    public LinePanel(String title, Axis axis, List<Series> series, List<Integer> marks, Size size) {
        this(title, axis, series, marks, size, List.of());
    }

    /** Panels whose y axes all hold the lines of all. */
    public static List<Panel> sharing(List<LinePanel> panels) {
        List<Double> reach = panels.stream()
                .flatMapToDouble(panel -> Arrays.stream(panel.allY()))
                .filter(Double::isFinite)
                .boxed()
                .toList();
        return panels.stream()
                .<Panel>map(p -> new LinePanel(p.title, p.axis, p.series, p.marks, p.size, reach))
                .toList();
    }

    @Override
    public int width() {
        return size.width;
    }

    @Override
    public int height() {
        return size.height;
    }

    @Override
    public String description() {
        List<String> names = series.stream()
                .map(Series::label)
                .filter(label -> !label.isEmpty())
                .toList();
        return names.isEmpty() ? title : title + ": " + String.join(", ", names);
    }

    @Override
    public Element draw() {
        Element g = Element.of("g");
        g.add(text("title", 2, 16, title));
        Frame frame = frame();
        if (Arrays.stream(allY()).noneMatch(Double::isFinite)) {
            return g.add(text("empty", LEFT, height() / 2.0, "nothing was trained"));
        }
        drawAxes(g, frame);
        for (int mark : marks) {
            drawMark(g, frame, mark);
        }
        series.forEach(line -> drawBand(g, frame, line));
        series.forEach(line -> drawLine(g, frame, line));
        drawLabels(g, frame);
        return g;
    }

    private double[] allX() {
        return series.stream().flatMapToDouble(s -> Arrays.stream(s.x())).toArray();
    }

    private double[] allY() {
        return series.stream().flatMapToDouble(s -> Arrays.stream(s.extent())).toArray();
    }

    private double[] reached() {
        return DoubleStream.concat(Arrays.stream(allY()), reach.stream().mapToDouble(Double::doubleValue))
                .toArray();
    }

    private Frame frame() {
        double first = Arrays.stream(allX()).min().orElse(1);
        double last = Arrays.stream(allX()).max().orElse(1);
        double right = series.stream().mapToDouble(LinePanel::labelWidth).max().orElse(0);
        return new Frame(
                LEFT,
                width() - Math.max(14, right),
                TOP,
                height() - BOTTOM,
                last > first
                        ? new Scale(Scale.Kind.LINEAR, first, last)
                        : new Scale(Scale.Kind.LINEAR, first - 1, first + 1),
                axis == Axis.SHARE ? new Scale(Scale.Kind.LINEAR, 0, 1) : Scale.around(axis.kind, reached()));
    }

    private static double labelWidth(Series series) {
        return series.label().isEmpty()
                ? 0
                : SWATCH + 6 + CHARACTER * series.label().length();
    }

    private void drawAxes(Element g, Frame frame) {
        for (double tick : frame.y.ticks(frame.bottom - frame.top, LABEL_GAP)) {
            double y = frame.y(tick);
            g.add(line("grid", frame.left, y, frame.right, y));
            g.add(text("tick end", frame.left - 6, y + 4, frame.y.label(tick)));
        }
        g.add(line("axis", frame.left, frame.bottom, frame.right, frame.bottom));
        for (double tick : epochTicks()) {
            g.add(line("axis", frame.x(tick), frame.bottom, frame.x(tick), frame.bottom + 4));
            g.add(text("tick middle", frame.x(tick), frame.bottom + 17, frame.x.label(tick)));
        }
        g.add(text("tick middle", (frame.left + frame.right) / 2, frame.bottom + 32, "epoch"));
    }

    /** The first epoch and round ones after it. */
    private List<Double> epochTicks() {
        double first = Arrays.stream(allX()).min().orElse(1);
        double last = Arrays.stream(allX()).max().orElse(1);
        Stream<Double> round = last > first
                ? Ticks.linear(first, last, size == Size.WIDE ? 6 : 4).stream()
                        .filter(tick -> tick == Math.rint(tick) && tick > first)
                : Stream.of();
        return Stream.concat(Stream.of(first), round).toList();
    }

    private static void drawMark(Element g, Frame frame, int epoch) {
        if (epoch < frame.x.low() || epoch > frame.x.high()) {
            return;
        }
        double x = frame.x(epoch);
        g.add(line("mark", x, frame.top, x, frame.bottom));
        g.add(text("tick middle strong", x, frame.top - 4, Integer.toString(epoch)));
    }

    private static void drawBand(Element g, Frame frame, Series series) {
        series.band().ifPresent(band -> {
            StringBuilder path = new StringBuilder();
            double[] x = series.x();
            int[] finite = IntStream.range(0, x.length)
                    .filter(i -> Double.isFinite(band.low()[i]) && Double.isFinite(band.high()[i]))
                    .toArray();
            for (int i : finite) {
                point(path, path.length() == 0, frame.x(x[i]), frame.y(band.high()[i]));
            }
            for (int i = finite.length - 1; i >= 0; i--) {
                point(path, false, frame.x(x[finite[i]]), frame.y(band.low()[finite[i]]));
            }
            if (finite.length > 1) {
                g.add(Element.of("path", "band " + series.hue().cssClass())
                        .with("d", path.append('Z').toString()));
            }
        });
    }

    private static void drawLine(Element g, Frame frame, Series series) {
        StringBuilder path = new StringBuilder();
        boolean start = true;
        for (int i = 0; i < series.x().length; i++) {
            boolean finite = Double.isFinite(series.y()[i]);
            if (finite) {
                point(path, start, frame.x(series.x()[i]), frame.y(series.y()[i]));
            }
            start = !finite;
        }
        String css = series.stroke().cssClass() + " " + series.hue().cssClass();
        if (path.length() > 0) {
            g.add(Element.of("path", css).with("d", path.toString()));
        }
        if (Arrays.stream(series.y()).filter(Double::isFinite).count() == 1) {
            int only = series.last();
            g.add(Element.of("circle", "dot " + series.hue().cssClass())
                    .with("cx", frame.x(series.x()[only]))
                    .with("cy", frame.y(series.y()[only]))
                    .with("r", 3));
        }
    }

    private static void point(StringBuilder path, boolean start, double x, double y) {
        path.append(start ? 'M' : 'L').append(Element.coordinate(x)).append(' ').append(Element.coordinate(y));
    }

    private void drawLabels(Element g, Frame frame) {
        List<Series> labeled = series.stream()
                .filter(line -> !line.label().isEmpty() && line.last() >= 0)
                .sorted(Comparator.comparingDouble(line -> frame.y(line.y()[line.last()])))
                .toList();
        double[] ends = labeled.stream()
                .mapToDouble(line -> frame.y(line.y()[line.last()]))
                .toArray();
        double[] places = EndLabels.place(ends, LABEL_GAP, frame.top, frame.bottom);
        for (int i = 0; i < places.length; i++) {
            String hue = labeled.get(i).hue().cssClass();
            double x = frame.right + 4;
            g.add(Element.of("path", "leader " + hue)
                    .with(
                            "d",
                            "M" + Element.coordinate(x) + " " + Element.coordinate(ends[i]) + "L"
                                    + Element.coordinate(x + 8) + " " + Element.coordinate(places[i]) + "L"
                                    + Element.coordinate(x + SWATCH - 8) + " " + Element.coordinate(places[i])));
            g.add(text("label", x + SWATCH - 4, places[i] + 4, labeled.get(i).label()));
        }
    }

    static Element text(String css, double x, double y, String text) {
        return Element.of("text", css).with("x", x).with("y", y).text(text);
    }

    static Element line(String css, double x1, double y1, double x2, double y2) {
        return Element.of("line", css)
                .with("x1", x1)
                .with("y1", y1)
                .with("x2", x2)
                .with("y2", y2);
    }

    /** The plotting area and what its axes mean. */
    private record Frame(double left, double right, double top, double bottom, Scale x, Scale y) {
        double x(double value) {
            return left + x.at(value) * (right - left);
        }

        double y(double value) {
            return bottom - y.at(value) * (bottom - top);
        }
    }
}

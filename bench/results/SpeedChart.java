import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Draws the README's picture of training speed from a comparison on record.
 *
 * <pre>
 * java bench/results/SpeedChart.java [bench/results/peers-together.json bench/results/speed.svg]
 * </pre>
 */
final class SpeedChart {
    private static final Pattern GROUP = Pattern.compile("\"section\"\\s*:\\s*\"training\",\\s*\"run\"\\s*:\\s*\"(?<run>[^\"]+)\".*?"
            + "\"fastest_peer\"\\s*:\\s*\\{\\s*\"peer\"\\s*:\\s*\"(?<peer>[^\"]+)\",\\s*\"convoke_is\"\\s*:\\s*(?<is>[0-9.]+),"
            + "\\s*\"least\"\\s*:\\s*(?<least>[0-9.]+),\\s*\"most\"\\s*:\\s*(?<most>[0-9.]+)",
            Pattern.DOTALL);
    private static final Map<String, String> ENGINES = Map.of(
            "libtorch", "libtorch 2.13",
            "libtorch-heap", "libtorch 2.13",
            "tensorflow", "TensorFlow 2.18",
            "tensorflow-heap", "TensorFlow 2.18",
            "djl", "PyTorch 2.7 (DJL)",
            "djl-heap", "PyTorch 2.7 (DJL)");
    private static final int LEFT = 130;
    private static final int TOP = 58;
    private static final int LINE = 30;
    private static final int UNIT = 84;
    private static final int WIDTH = 760;

    /** How often Convoke is as fast as the fastest other engine: the median of the rounds, and their ends. */
    private record Bar(String run, String engine, double ratio, double least, double most) {}

    public static void main(String[] arguments) throws IOException {
        Path source = Path.of(arguments.length > 0 ? arguments[0] : "bench/results/peers-together.json");
        Path target = Path.of(arguments.length > 1 ? arguments[1] : "bench/results/speed.svg");
        List<Bar> bars = new ArrayList<>();
        for (Matcher group = GROUP.matcher(Files.readString(source)); group.find(); ) {
            bars.add(new Bar(
                    group.group("run"),
                    ENGINES.get(group.group("peer")),
                    Double.parseDouble(group.group("is")),
                    Double.parseDouble(group.group("least")),
                    Double.parseDouble(group.group("most"))));
        }
        bars.sort(Comparator.comparingDouble(Bar::ratio).reversed());
        Files.writeString(target, svg(bars));
    }

    private static String svg(List<Bar> bars) {
        int bottom = TOP + LINE * bars.size();
        StringBuilder svg = new StringBuilder();
        add(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\""
                + " font-family=\"system-ui, sans-serif\" font-size=\"14\">", WIDTH, bottom + 36, WIDTH, bottom + 36);
        add(svg, "<title>Training speed of Convoke, relative to the fastest other engine</title>");
        // Own background: the picture is also shown on dark pages.
        add(svg, "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>");
        add(svg, "<text x=\"16\" y=\"24\" font-weight=\"600\" fill=\"#1b1f24\">Training steps per second, relative to the fastest other"
                + " engine</text>");
        add(svg, "<text x=\"16\" y=\"44\" font-size=\"12\" fill=\"#57606a\">one thread, batch 32, float32; the thin line shows the"
                + " range of the rounds</text>");
        for (int ratio = 0; ratio <= 5; ratio++) {
            int x = LEFT + UNIT * ratio;
            add(svg, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\"/>", x, TOP, x, bottom,
                    ratio == 1 ? "#b35900" : "#d0d7de");
            add(svg, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" font-size=\"12\" fill=\"#57606a\">%d×</text>", x, bottom + 18,
                    ratio);
        }
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            int y = TOP + LINE * i;
            double end = LEFT + UNIT * bar.ratio();
            add(svg, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#1b1f24\">%s</text>", LEFT - 10, y + 20, bar.run());
            add(svg, "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"18\" rx=\"2\" fill=\"#0969da\"/>", LEFT, y + 6, end - LEFT);
            add(svg, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#1b1f24\" stroke-width=\"1.5\"/>",
                    LEFT + UNIT * bar.least(), y + 15, LEFT + UNIT * bar.most(), y + 15);
            add(svg, "<text x=\"%.1f\" y=\"%d\" fill=\"#1b1f24\">%.2f× <tspan font-size=\"12\" fill=\"#57606a\">%s</tspan></text>",
                    LEFT + UNIT * Math.max(bar.ratio(), bar.most()) + 8, y + 20, bar.ratio(), bar.engine());
        }
        add(svg, "</svg>");
        return svg.toString();
    }

    private static void add(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}

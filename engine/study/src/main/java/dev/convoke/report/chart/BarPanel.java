package dev.convoke.report.chart;

import dev.convoke.report.markup.Element;
import java.util.List;

/**
 * Upright bars of shares between 0 and 1.
 *
 * @param bars from left to right
 */
public record BarPanel(String title, String axis, List<Bar> bars) implements Panel {
    private static final double LEFT = 44;
    private static final double RIGHT = 426;
    private static final double TOP = 34;
    private static final double BASE = 254;
    /** Share of its slot that a bar fills. */
    private static final double FILL = 0.7;

    /**
     * One bar.
     *
     * @param share NaN where there is nothing to show
     */
    public record Bar(String label, double share, Hue hue) {}

    public BarPanel {
        bars = List.copyOf(bars);
    }

    @Override
    public int width() {
        return 440;
    }

    @Override
    public int height() {
        return 290;
    }

    @Override
    public String description() {
        return title;
    }

    @Override
    public Element draw() {
        Element g = Element.of("g").add(LinePanel.text("title", 2, 16, title));
        for (int percent = 0; percent <= 100; percent += 25) {
            double y = y(percent / 100.0);
            g.add(LinePanel.line(percent == 0 ? "axis" : "grid", LEFT, y, RIGHT, y));
            g.add(LinePanel.text("tick end", LEFT - 6, y + 4, Integer.toString(percent)));
        }
        double slot = (RIGHT - LEFT) / Math.max(1, bars.size());
        for (int i = 0; i < bars.size(); i++) {
            drawBar(g, bars.get(i), LEFT + i * slot, slot);
        }
        return g.add(LinePanel.text("tick middle", (LEFT + RIGHT) / 2, BASE + 32, axis));
    }

    private static void drawBar(Element g, Bar bar, double left, double slot) {
        if (Double.isFinite(bar.share())) {
            double top = y(Math.max(0, Math.min(1, bar.share())));
            g.add(Element.of("rect", "bar " + bar.hue().cssClass())
                    .with("x", left + slot * (1 - FILL) / 2)
                    .with("y", top)
                    .with("width", slot * FILL)
                    .with("height", BASE - top));
        }
        String css = bar.hue() == Hue.GRAY ? "tick middle" : "tick middle strong";
        g.add(LinePanel.text(css, left + slot / 2, BASE + 17, bar.label()));
    }

    private static double y(double share) {
        return BASE - share * (BASE - TOP);
    }
}

package dev.convoke.report.chart;

import dev.convoke.report.markup.Element;

/** One drawing of fixed size. */
public interface Panel {
    int width();

    int height();

    /** Text alternative for screen readers. */
    String description();

    /** The drawing, a {@code g} with coordinates from 0 to width and 0 to height. */
    Element draw();

    /** The drawing as a separate element. */
    default Element svg() {
        return Element.of("svg", "chart")
                .with("xmlns", "http://www.w3.org/2000/svg")
                .with("viewBox", "0 0 " + width() + " " + height())
                .with("role", "img")
                .with("aria-label", description())
                .add(draw());
    }
}

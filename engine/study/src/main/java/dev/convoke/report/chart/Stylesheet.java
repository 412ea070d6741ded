package dev.convoke.report.chart;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The style sheets that this program bundles. */
public enum Stylesheet {
    CHART("chart.css"),
    PAGE("page.css");

    private final String file;

    Stylesheet(String file) {
        this.file = file;
    }

    /** The whole text. */
    public String text() {
        try (InputStream in = Stylesheet.class.getResourceAsStream("/dev/convoke/report/" + file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing from this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }
}

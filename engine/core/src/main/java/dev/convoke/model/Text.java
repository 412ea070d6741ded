package dev.convoke.model;

import java.util.Locale;

/** Constants as they are written in suites and saved models. */
final class Text {
    private Text() {}

    /** Lower case, words joined by underscores. */
    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Lower case with spaces between words, for display. */
    static String words(Enum<?> constant) {
        return of(constant).replace('_', ' ');
    }
}

package dev.convoke.cli;

/** How a piece of terminal text looks; plain where color is off. */
enum Style {
    BOLD("1"),
    DIM("2"),
    GOOD("32"),
    BAD("31"),
    WARNING("33"),
    ACCENT("36");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    String apply(String text, boolean color) {
        return color ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}

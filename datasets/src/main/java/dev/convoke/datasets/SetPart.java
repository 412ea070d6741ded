package dev.convoke.datasets;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The splits of a data set, with the usual names of their folders and files. */
enum SetPart {
    TRAIN("train|training"),
    VALIDATION("val|valid|validation"),
    TEST("test|testing|t10k");

    private final String names;

    /** @param names as alternatives of a regular expression, the shortest first */
    SetPart(String names) {
        this.names = names;
    }

    /** The split with {@code name}, case-insensitive. */
    static Optional<SetPart> named(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(part -> wanted.matches(part.names))
                .findFirst();
    }

    /** The shortest name: what messages call it. */
    String word() {
        return names.substring(0, names.indexOf('|'));
    }

    /** All names of all parts, as alternatives of a regular expression. */
    static String pattern() {
        return Arrays.stream(values()).map(part -> part.names).collect(Collectors.joining("|"));
    }
}

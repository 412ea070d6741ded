package dev.convoke.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text with terminal colors in it. */
final class Ansi {
    private static final Pattern CODE = Pattern.compile("\u001b\\[[0-9;]*m");
    private static final String RESET = "\u001b[0m";

    private Ansi() {}

    /** Columns that {@code text} takes. */
    static int width(String text) {
        return CODE.matcher(text).replaceAll("").length();
    }

    /** {@code text} cut to {@code columns}, colors kept and ended. */
    static String cut(String text, int columns) {
        if (width(text) <= columns) {
            return text;
        }
        StringBuilder kept = new StringBuilder();
        int room = columns;
        int at = 0;
        Matcher codes = CODE.matcher(text);
        while (at < text.length() && room > 0) {
            if (codes.find(at) && codes.start() == at) {
                kept.append(codes.group());
                at = codes.end();
            } else {
                kept.append(text.charAt(at++));
                room--;
            }
        }
        return text.indexOf('\u001b') < 0 ? kept.toString() : kept + RESET;
    }

    /** {@code 1:02:03}, or {@code 02:03} below an hour. */
    static String clock(double seconds) {
        long whole = Math.round(Math.max(0, seconds));
        return whole < 3600
                ? String.format(Locale.ROOT, "%02d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }
}

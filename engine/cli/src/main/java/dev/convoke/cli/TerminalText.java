package dev.convoke.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text without characters that a terminal interprets: the control characters C0, DEL and C1, and those that change the text
 * direction. They are replaced by U+FFFD. Of the escape sequences only the colors of {@link Style} are kept, which have no
 * width and do not move the cursor.
 */
final class TerminalText {
    private static final char SHOWN = '\ufffd';
    private static final Pattern COLOR = Pattern.compile("\u001b\\[[0-9]{1,2}m");

    private TerminalText() {}

    /** One line: line breaks are replaced too. */
    static String line(String text) {
        return clean(text, Breaks.REPLACED);
    }

    /** Several lines. */
    static String lines(String text) {
        return clean(text, Breaks.KEPT);
    }

    /** One line without any color. */
    static String plain(String text) {
        return cleanPart(text, Breaks.REPLACED);
    }

    /** JSON, in which such characters can only stand inside strings, and are escaped there. */
    static String json(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isObeyed(c) && c != '\n' && c != '\r') {
                clean.append(String.format("\\u%04x", (int) c));
            } else {
                clean.append(c);
            }
        }
        return clean.toString();
    }

    private enum Breaks {
        KEPT,
        REPLACED
    }

    private static String clean(String text, Breaks breaks) {
        if (text.indexOf('\u001b') < 0) {
            return cleanPart(text, breaks);
        }
        StringBuilder clean = new StringBuilder();
        Matcher colors = COLOR.matcher(text);
        int at = 0;
        while (colors.find()) {
            clean.append(cleanPart(text.substring(at, colors.start()), breaks)).append(colors.group());
            at = colors.end();
        }
        return clean.append(cleanPart(text.substring(at), breaks)).toString();
    }

    private static String cleanPart(String text, Breaks breaks) {
        StringBuilder clean = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean kept = !isObeyed(c) || (c == '\n' && breaks == Breaks.KEPT);
            clean.append(kept ? c : SHOWN);
        }
        return clean.toString();
    }

    /** Whether a terminal does something else with {@code c} than show it. */
    private static boolean isObeyed(char c) {
        return c < ' '
                || (c >= '\u007f' && c <= '\u009f')
                || c == '\u061c'
                || (c >= '\u200e' && c <= '\u200f')
                || (c >= '\u2028' && c <= '\u202e')
                || (c >= '\u2066' && c <= '\u2069');
    }
}

package dev.convoke.datasets;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Suggests the valid name nearest to a misspelled one. */
public final class NearestName {
    private NearestName() {}

    /**
     * The first name that starts with {@code typed}, if that is two characters or more; else the name with the fewest
     * edits (insert, delete, replace a character, swap two neighbors), if they are at most two fifths of the longer word.
     * Case does not count, and the earlier name wins a tie.
     */
    public static Optional<String> of(String typed, Collection<String> names) {
        String wanted = typed.toLowerCase(Locale.ROOT);
        return names.stream()
                .filter(name -> isNear(wanted, name.toLowerCase(Locale.ROOT)))
                .min(Comparator.comparingInt(name -> distance(wanted, name.toLowerCase(Locale.ROOT))));
    }

    /** {@code ; did you mean 'optimizer'?}, or else all the valid names. */
    public static String hint(Collection<String> names, String typed) {
        return of(typed, names)
                .map(name -> "; did you mean '" + name + "'?")
                .orElse("; valid are " + String.join(", ", names));
    }

    private static boolean isNear(String wanted, String name) {
        return 5 * distance(wanted, name) <= 2 * Math.max(wanted.length(), name.length());
    }

    private static int distance(String wanted, String name) {
        return wanted.length() > 1 && name.startsWith(wanted) ? 0 : edits(wanted, name);
    }

    /** Levenshtein's distance, with a swap of two neighbors as one edit. */
    static int edits(String from, String to) {
        int[][] distance = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                distance[i][j] = i == 0 || j == 0 ? i + j : edits(distance, from, to, i, j);
            }
        }
        return distance[from.length()][to.length()];
    }

    private static int edits(int[][] distance, String from, String to, int i, int j) {
        int replace = distance[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        int fewest = Math.min(replace, Math.min(distance[i - 1][j], distance[i][j - 1]) + 1);
        boolean swapped =
                i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
        return swapped ? Math.min(fewest, distance[i - 2][j - 2] + 1) : fewest;
    }
}

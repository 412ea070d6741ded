package dev.convoke.report;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Names of runs brought to the width of a column, so that no two of them look alike. */
public final class RunNames {
    private static final String GAP = "...";

    private RunNames() {}

    /**
     * The names in at most {@code width} characters each: whole if they fit, else without the {@code key=value} that all
     * runs share, else cut at the end, at the start or in the middle, whichever first tells all apart; else numbered.
     *
     * @param width at least 12
     */
    public static List<String> fitted(List<String> names, int width) {
        Set<String> common = common(names);
        List<UnaryOperator<String>> ways = List.of(
                name -> name,
                name -> without(name, common),
                name -> head(name, width),
                name -> head(without(name, common), width),
                name -> tail(name, width),
                name -> middle(name, width),
                name -> middle(without(name, common), width));
        for (UnaryOperator<String> way : ways) {
            List<String> fitted = names.stream().map(way).toList();
            if (fitted.stream().allMatch(name -> name.length() <= width) && areDistinct(fitted)) {
                return fitted;
            }
        }
        List<String> numbered = new ArrayList<>();
        for (String name : names) {
            numbered.add(head((numbered.size() + 1) + " " + name, width));
        }
        return numbered;
    }

    private static boolean areDistinct(List<String> names) {
        return new HashSet<>(names).size() == names.size();
    }

    /** What every generated name has in it. */
    private static Set<String> common(List<String> names) {
        List<String> generated =
                names.stream().filter(name -> name.contains("=")).toList();
        Set<String> common = new HashSet<>();
        generated.stream().findFirst().ifPresent(name -> common.addAll(List.of(name.split(",", -1))));
        generated.forEach(name -> common.retainAll(List.of(name.split(",", -1))));
        return common;
    }

    private static String without(String name, Set<String> common) {
        List<String> left = new ArrayList<>(List.of(name.split(",", -1)));
        left.removeAll(common);
        return left.isEmpty() ? name : String.join(",", left);
    }

    private static String head(String name, int width) {
        return name.length() <= width ? name : name.substring(0, width - GAP.length()) + GAP;
    }

    private static String tail(String name, int width) {
        return name.length() <= width ? name : GAP + name.substring(name.length() - width + GAP.length());
    }

    private static String middle(String name, int width) {
        if (name.length() <= width) {
            return name;
        }
        int kept = width - GAP.length();
        return name.substring(0, kept / 2) + GAP + name.substring(name.length() - kept + kept / 2);
    }
}

package dev.convoke.datasets;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Natural order of names: digit sequences by value, so that {@code 2} comes before {@code 10}. */
final class NaturalOrder {
    /** Numbers before text at the same place; names that differ only in leading zeros by their characters. */
    static final Comparator<String> NAMES = Comparator.<String, String>comparing(
                    name -> name, NaturalOrder::compareRuns)
            .thenComparing(name -> name);

    private static final Pattern RUN = Pattern.compile("[0-9]+|[^0-9]+");

    private NaturalOrder() {}

    private static int compareRuns(String left, String right) {
        Matcher leftRun = RUN.matcher(left);
        Matcher rightRun = RUN.matcher(right);
        while (true) {
            boolean moreLeft = leftRun.find();
            boolean moreRight = rightRun.find();
            if (!moreLeft || !moreRight) {
                return Boolean.compare(moreLeft, moreRight);
            }
            int order = compareRun(leftRun.group(), rightRun.group());
            if (order != 0) {
                return order;
            }
        }
    }

    private static int compareRun(String left, String right) {
        if (!isNumber(left) || !isNumber(right)) {
            return left.compareTo(right);
        }
        String leftValue = left.replaceFirst("^0+", "");
        String rightValue = right.replaceFirst("^0+", "");
        int byLength = Integer.compare(leftValue.length(), rightValue.length());
        return byLength != 0 ? byLength : leftValue.compareTo(rightValue);
    }

    private static boolean isNumber(String run) {
        return run.charAt(0) >= '0' && run.charAt(0) <= '9';
    }
}

package dev.convoke.sweep;

import dev.convoke.datasets.NearestName;
import dev.convoke.settings.LocatedValue;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Makes runs out of lists of values: every combination of a grid, or the values of a list side by side. */
final class RunGenerator {
    /** The same limit as for names given in a suite. */
    private static final int LONGEST_NAME = 100;

    private static final int LONGEST_DECIMAL = 20;
    private static final Pattern FOLDER_NAME = Pattern.compile("[A-Za-z0-9._-]{1,32}");

    private RunGenerator() {}

    /** How much of the parameters a name shows. */
    private enum NameForm {
        WHOLE,
        BRIEF
    }

    /** A run by its name, {@code dropout=0.1,optimizer=sgd}, and what it changes of the base. */
    record Generated(String name, Map<String, LocatedValue> changes) {}

    /** Every combination; the last parameter changes fastest. */
    static List<Generated> grid(LocatedValue setting, int limit) {
        Map<String, List<LocatedValue>> parameters = parameters(setting);
        List<int[]> choices = List.of(new int[0]);
        for (List<LocatedValue> values : parameters.values()) {
            if ((long) choices.size() * values.size() > limit) {
                throw setting.error("makes more than " + limit + " runs");
            }
            List<int[]> longer = new ArrayList<>();
            for (int[] choice : choices) {
                for (int i = 0; i < values.size(); i++) {
                    int[] extended = Arrays.copyOf(choice, choice.length + 1);
                    extended[choice.length] = i;
                    longer.add(extended);
                }
            }
            choices = longer;
        }
        return generated(setting, parameters, choices);
    }

    /** The first values of all parameters, the second ones, and so on. */
    static List<Generated> list(LocatedValue setting) {
        Map<String, List<LocatedValue>> parameters = parameters(setting);
        int length = -1;
        for (Map.Entry<String, List<LocatedValue>> parameter : parameters.entrySet()) {
            int size = parameter.getValue().size();
            if (length >= 0 && size != length) {
                throw Objects.requireNonNull(setting.map().get(parameter.getKey()))
                        .error("has " + size + " values where others have " + length
                                + "; a list takes them side by side, 'grid' combines them");
            }
            length = size;
        }
        List<int[]> choices = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            int[] choice = new int[parameters.size()];
            Arrays.fill(choice, i);
            choices.add(choice);
        }
        return generated(setting, parameters, choices);
    }

    private static Map<String, List<LocatedValue>> parameters(LocatedValue setting) {
        Map<String, List<LocatedValue>> parameters = new LinkedHashMap<>();
        setting.map().forEach((key, values) -> {
            if (!ParameterMap.isParameter(key)) {
                throw values.error("unknown key" + NearestName.hint(ParameterMap.KEYS, key));
            }
            if (values.list().isEmpty()) {
                throw values.error("needs a value");
            }
            parameters.put(key, values.list());
        });
        if (parameters.isEmpty()) {
            throw setting.error("needs a parameter with values");
        }
        return parameters;
    }

    private static List<Generated> generated(
            LocatedValue setting, Map<String, List<LocatedValue>> parameters, List<int[]> choices) {
        List<String> names = names(setting, parameters, choices);
        List<Generated> runs = new ArrayList<>();
        for (int[] choice : choices) {
            Map<String, LocatedValue> changes = new LinkedHashMap<>();
            int axis = 0;
            for (Map.Entry<String, List<LocatedValue>> parameter : parameters.entrySet()) {
                changes.put(parameter.getKey(), parameter.getValue().get(choice[axis++]));
            }
            runs.add(new Generated(names.get(runs.size()), changes));
        }
        return runs;
    }

    /**
     * A name names a folder. Where whole ones would be too long, parameters of one value are left out, and of keys such as
     * {@code augmentation.rotation} the last word stays.
     */
    private static List<String> names(
            LocatedValue setting, Map<String, List<LocatedValue>> parameters, List<int[]> choices) {
        List<String> whole = names(parameters, choices, NameForm.WHOLE);
        if (longest(whole).length() <= LONGEST_NAME) {
            return whole;
        }
        List<String> brief = names(parameters, choices, NameForm.BRIEF);
        String longest = longest(brief);
        if (longest.isEmpty() || longest.length() > LONGEST_NAME) {
            String name = longest.isEmpty() ? longest(whole) : longest;
            throw setting.error("makes the run '" + name + "', a name of " + name.length() + " characters, more than "
                    + LONGEST_NAME + "; name such runs yourself under 'runs', or vary fewer parameters at a time");
        }
        return brief;
    }

    private static String longest(List<String> names) {
        return names.stream().max(Comparator.comparingInt(String::length)).orElse("");
    }

    private static List<String> names(Map<String, List<LocatedValue>> parameters, List<int[]> choices, NameForm form) {
        List<StringJoiner> names = new ArrayList<>();
        choices.forEach(choice -> names.add(new StringJoiner(",")));
        int axis = 0;
        for (Map.Entry<String, List<LocatedValue>> parameter : parameters.entrySet()) {
            List<String> labels = labels(parameter.getValue());
            boolean shown = form == NameForm.WHOLE || labels.stream().distinct().count() > 1;
            for (int i = 0; shown && i < choices.size(); i++) {
                String key = form == NameForm.WHOLE ? parameter.getKey() : lastWord(parameter.getKey(), parameters);
                names.get(i).add(key + "=" + labels.get(choices.get(i)[axis]));
            }
            axis++;
        }
        return names.stream().map(StringJoiner::toString).toList();
    }

    /** The key's last word, where no other key ends in the same. */
    private static String lastWord(String key, Map<String, List<LocatedValue>> parameters) {
        String word = key.substring(key.lastIndexOf('.') + 1);
        long others = parameters.keySet().stream()
                .filter(other -> other.substring(other.lastIndexOf('.') + 1).equals(word))
                .count();
        return others == 1 ? word : key;
    }

    /** Values by their text, if it is valid as a folder name and unique; otherwise by their positions in the list. */
    private static List<String> labels(List<LocatedValue> values) {
        List<String> texts = values.stream().map(RunGenerator::text).toList();
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i);
            Object value = values.get(i).plain();
            boolean alone = true;
            for (int j = 0; j < texts.size(); j++) {
                alone &= !texts.get(j).equals(text)
                        || Objects.equals(values.get(j).plain(), value);
            }
            labels.add(alone && FOLDER_NAME.matcher(text).matches() ? text : Integer.toString(i + 1));
        }
        return labels;
    }

    /** A scalar in readable form; for a list or a map, its scalars in order. */
    private static String text(LocatedValue value) {
        if (value.isMap()) {
            return value.map().values().stream().map(RunGenerator::text).collect(Collectors.joining("-"));
        }
        if (value.isList()) {
            return value.list().stream().map(RunGenerator::text).collect(Collectors.joining("-"));
        }
        return value.plain() instanceof Double number ? decimal(number) : String.valueOf(value.plain());
    }

    /** Without an exponent, {@code 0.0003}, unless that would be long: {@code 1E-20}. */
    private static String decimal(double number) {
        BigDecimal exact = BigDecimal.valueOf(number).stripTrailingZeros();
        String plain = exact.toPlainString();
        return plain.length() <= LONGEST_DECIMAL ? plain : exact.toString().replace("+", "");
    }
}

package dev.convoke.datasets;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The class names of user data: readable, distinct, in label order. */
final class ClassNames {
    /** Most classes, since a label is one byte. */
    static final int MOST = 256;

    private static final char UNDECODABLE = '\ufffd';

    private ClassNames() {}

    /**
     * Checks names.
     *
     * @param source name of the data in messages
     * @return the names in composed Unicode form (NFC), since file names may contain decomposed accents
     * @throws DatasetException if there are none or too many, one cannot be decoded, or two are the same
     */
    static List<String> of(String source, List<String> names) {
        if (names.isEmpty() || names.size() > MOST) {
            throw new DatasetException(source + ": holds " + names.size() + " classes, "
                    + (names.isEmpty() ? "and needs one at least; add some" : "more than " + MOST + "; merge some"));
        }
        List<String> checked = new ArrayList<>();
        for (String name : names) {
            if (name.indexOf(UNDECODABLE) >= 0) {
                throw new DatasetException(source + ": the class name '" + name + "' cannot be read in this locale; set"
                        + " LC_ALL=C.UTF-8, or rename the class if its name is not UTF-8 (convmv -f latin1 -t utf8)");
            }
            String composed = composed(name);
            if (checked.contains(composed)) {
                throw new DatasetException(
                        source + ": two classes are named '" + composed + "'; rename or merge one of them");
            }
            checked.add(composed);
        }
        return checked;
    }

    /** Accents and letters as one character each, where there is one. */
    static String composed(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    /** {@code 0}, {@code 1}, ...: for labels without names. */
    static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }
}

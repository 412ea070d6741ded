package dev.convoke.sweep;

import dev.convoke.datasets.HostileFile;
import dev.convoke.settings.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;

/** Suites in YAML, with the claims, figures and tables of their studies. */
public final class SuiteFuzz {
    /** Between the suite and the files that it names, in the order in which they are asked for. */
    private static final String NEXT_FILE = "\f";

    private SuiteFuzz() {}

    /** Takes the suite, then what its files hold. */
    public static void fuzzerTestOneInput(byte[] data) {
        Iterator<String> texts = Arrays.asList(new String(data, StandardCharsets.UTF_8).split(NEXT_FILE, -1))
                .iterator();
        StudyFiles files = new StudyFiles(path -> texts.hasNext() ? Optional.of(texts.next()) : Optional.empty());
        HostileFile.judge(ConfigurationException.class, "", () -> SuiteReader.read("suite.yaml", texts.next(), files));
    }
}

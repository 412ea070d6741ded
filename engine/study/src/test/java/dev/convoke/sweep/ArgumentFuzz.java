package dev.convoke.sweep;

import dev.convoke.datasets.HostileFile;
import dev.convoke.settings.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What is typed behind {@code --set} and {@code --gate}. */
public final class ArgumentFuzz {
    private static final Suite SUITE =
            SuiteReader.read("suite.yaml", "{convoke: 1, name: fuzz, runs: [{name: a}, {name: b, dense: [8, 4]}]}");

    private ArgumentFuzz() {}

    /** The class itself, which reads a suite, is made before any input's time is taken. */
    public static void fuzzerInitialize() {}

    public static void fuzzerTestOneInput(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        HostileFile.judge(ConfigurationException.class, "", () -> Gate.parse(text));
        HostileFile.judge(ConfigurationException.class, "", () -> {
            Map.Entry<String, Object> setting = Overrides.parse(text);
            SUITE.with(Map.of(setting.getKey(), setting.getValue()));
        });
    }
}

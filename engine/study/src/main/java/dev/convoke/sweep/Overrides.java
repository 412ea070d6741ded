package dev.convoke.sweep;

import dev.convoke.datasets.NearestName;
import dev.convoke.settings.ConfigurationException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parameters given outside a suite. */
public final class Overrides {
    private Overrides() {}

    /**
     * Reads {@code key=value}, where the value is YAML: {@code optimizer={name: sgd, momentum: 0.9}}.
     *
     * @return key and value, fit for {@link Suite#with}
     * @throws ConfigurationException if the key is no parameter, or the value is not YAML
     */
    public static Map.Entry<String, Object> parse(String text) {
        int sign = text.indexOf('=');
        String key = sign < 0 ? text.trim() : text.substring(0, sign).trim();
        if (!ParameterMap.isParameter(key)) {
            throw new ConfigurationException(
                    "command line: unknown parameter '" + key + "'" + NearestName.hint(ParameterMap.KEYS, key));
        }
        @Nullable Object value = sign < 0
                ? null
                : YamlReader.read("command line: " + key, text.substring(sign + 1))
                        .plain();
        if (value == null) {
            throw new ConfigurationException("command line: " + key + ": needs a value, " + key + "=VALUE");
        }
        return Map.entry(key, value);
    }
}

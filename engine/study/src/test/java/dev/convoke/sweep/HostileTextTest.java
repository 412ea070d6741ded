package dev.convoke.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.settings.ConfigurationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** YAML and JSON that nobody writes by hand end in one line. */
class HostileTextTest {
    @TempDir
    Path folder;

    static List<String> yaml() {
        List<String> texts = new ArrayList<>();
        for (int depth : new int[] {21, 1_500, 5_000, 200_000}) {
            texts.add("[".repeat(depth));
            texts.add("{a: ".repeat(depth));
            texts.add("- ".repeat(depth) + "x");
            texts.add("? ".repeat(depth) + "x");
        }
        StringBuilder nested = new StringBuilder();
        for (int depth = 0; depth < 1_300; depth++) {
            nested.append(" ".repeat(depth)).append("k:\n");
        }
        texts.add(nested.toString());
        texts.addAll(List.of("title: !x%20 b", "!+%a", "!<%zz> a", "%YAML 9.9\n---\na", "\u0000", "a: *b", "&a [*a]"));
        return texts;
    }

    @ParameterizedTest
    @MethodSource("yaml")
    @Timeout(20)
    void yamlIsRefusedInALine(String text) {
        ConfigurationException refused =
                assertThrows(ConfigurationException.class, () -> SuiteReader.read("hostile.yaml", text));
        assertEquals(1, refused.getMessage().lines().count(), refused.getMessage());
        assertTrue(refused.getMessage().startsWith("hostile.yaml"), refused.getMessage());
    }

    /** Found by ArgumentFuzz. */
    @ParameterizedTest
    @ValueSource(strings = {"a\nb>=1", "val_accuracy\r\n>=0.5x", "\u2028", "x\u0085y"})
    void aTypedLineBreakMakesNoSecondLine(String text) {
        for (Executable reader :
                List.<Executable>of(() -> Gate.parse(text), () -> Overrides.parse("dropout=[" + text))) {
            String message = String.valueOf(
                    assertThrows(ConfigurationException.class, reader).getMessage());
            assertEquals(1, message.split("\\R", -1).length, message);
        }
    }

    static List<byte[]> json() throws IOException {
        String whole = ResultsJson.text(Results.sample());
        return Stream.concat(
                        Stream.of(
                                        "null",
                                        " null ",
                                        "",
                                        "true",
                                        "[]",
                                        "{}",
                                        "{\"schema\":null}",
                                        "{\"schema\":1,\"runs\":null}",
                                        whole + "garbage",
                                        whole + whole,
                                        whole + "\u0000",
                                        "{\"a\":".repeat(5_000),
                                        "[".repeat(200_000),
                                        "{\"schema\":1" + "0".repeat(100_000) + "}",
                                        "{\"schema\":1,\"schema\":1}")
                                .map(text -> text.getBytes(StandardCharsets.UTF_8)),
                        Stream.of(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("json")
    @Timeout(20)
    void jsonIsRefusedInALine(byte[] text) throws IOException {
        Path file = Files.write(folder.resolve("results.json"), text);
        ConfigurationException refused = assertThrows(ConfigurationException.class, () -> ResultsJson.read(file));
        assertEquals(1, refused.getMessage().lines().count(), refused.getMessage());
        assertTrue(refused.getMessage().startsWith(file.toString()), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/zero", "/dev/null", "/proc/self/mem", "/", "/nonexistent/results.json"})
    @Timeout(20)
    void whatIsNoRegularFileIsRefusedAtOnce(String name) {
        ConfigurationException refused =
                assertThrows(ConfigurationException.class, () -> ResultsJson.read(Path.of(name)));
        assertEquals(1, refused.getMessage().lines().count(), refused.getMessage());
        assertTrue(refused.getMessage().startsWith(name + ": "), refused.getMessage());
        assertTrue(!refused.getMessage().endsWith(name), refused.getMessage());
    }
}

package dev.convoke.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.settings.ConfigurationException;
import dev.convoke.train.SealedJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsJsonTest {
    @TempDir
    Path folder;

    @Test
    void resultsReadBackExactly() {
        Path file = folder.resolve("results.json");
        ResultsJson.write(file, Results.sample());
        assertEquals(Results.sample(), ResultsJson.read(file));
    }

    @Test
    void theFormComesFirstAndTheTextIsStable() {
        String text = ResultsJson.text(Results.sample());
        assertTrue(text.replaceAll("\\s", "").startsWith("{\"schema\":1,\"convoke\":\"0.1.0\",\"command\":"), text);
        assertEquals(text, ResultsJson.text(ResultsJson.read("again", text)));
    }

    @Test
    void anotherFormIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("other.json"), "{\"schema\": 2}");
        String message = assertThrows(ConfigurationException.class, () -> ResultsJson.read(file))
                .getMessage();
        assertTrue(message.contains("other.json: schema: expected 1, found 2"), message);
    }

    @Test
    void damageIsNamedByFileAndKey() throws IOException {
        String text = unsealed(ResultsJson.text(Results.sample())).replace("\"cores\" : 2", "\"cores\" : \"two\"");
        Path file = Files.writeString(folder.resolve("bad.json"), text);
        String message = assertThrows(ConfigurationException.class, () -> ResultsJson.read(file))
                .getMessage();
        assertTrue(message.contains("bad.json: machine.cores is not a number"), message);
        Files.writeString(file, text.substring(0, 200));
        assertThrows(ConfigurationException.class, () -> ResultsJson.read(file));
        assertThrows(ConfigurationException.class, () -> ResultsJson.read(folder.resolve("nothing.json")));
    }

    /** As an earlier version wrote it. */
    private static String unsealed(String text) {
        return text.replaceAll(",\\s*\"sha256\" : \"[0-9a-f]{64}\"", "");
    }

    @Test
    void resultsOfAnEarlierVersionAreReadWithALine() throws IOException {
        Path file = Files.writeString(folder.resolve("old.json"), unsealed(ResultsJson.text(Results.sample())));
        List<String> notices = new ArrayList<>();
        assertEquals(Results.sample(), ResultsJson.read(file, notices::add));
        assertEquals(1, notices.size());
        assertTrue(notices.get(0).contains("has no digest"), notices.get(0));
    }

    @Test
    void resultsThatNoSweepLeavesAreRefused() throws IOException {
        String text = unsealed(ResultsJson.text(Results.sample()));
        for (String hostile : List.of(
                replaced(text, "\"name\" : \"a\"", "\"name\" : \" \""),
                replaced(text, "\"name\" : \"a\"", "\"name\" : \"" + "a".repeat(300) + "\""),
                replaced(text, "\"name\" : \"b\"", "\"name\" : \"a\""),
                replaced(text, "\"confusion\" : [ [ ", "\"confusion\" : [ [ 1, "))) {
            Path file = Files.writeString(folder.resolve("hostile.json"), hostile);
            String message = assertThrows(ConfigurationException.class, () -> ResultsJson.read(file))
                    .getMessage();
            assertEquals(1, message.lines().count(), message);
            assertTrue(message.startsWith(file.toString()), message);
        }
    }

    private static String replaced(String text, String from, String to) {
        String changed = text.replace(from, to);
        assertNotEquals(text, changed, from);
        return changed;
    }

    /** A flip is refused, or is in the digest's own name and then leaves every figure as it was, with a line. */
    @Test
    void noBitOfResultsFlipsUnnoticed() throws IOException {
        byte[] whole = ResultsJson.text(Results.sample()).getBytes(StandardCharsets.UTF_8);
        int refused = 0;
        for (int at = 0; at < whole.length; at++) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                whole[at] ^= (byte) (1 << bit);
                try {
                    SealedJson read = SealedJson.read(whole);
                    assertEquals(SealedJson.Seal.NONE, read.seal(), "byte " + at + ", bit " + bit);
                    read.content().keySet().removeIf(key -> key.length() == "sha256".length() && key.startsWith("s"));
                    assertEquals(Results.sample().seconds(), read.content().get("seconds"));
                } catch (IOException e) {
                    refused++;
                }
                whole[at] ^= (byte) (1 << bit);
            }
        }
        int ofTheName = "sha256".length() * Byte.SIZE;
        assertTrue(refused >= whole.length * Byte.SIZE - ofTheName, refused + " of " + whole.length * Byte.SIZE);
        System.out.println("tested: one flipped bit of `results.json`, every bit: " + whole.length * Byte.SIZE);
    }
}

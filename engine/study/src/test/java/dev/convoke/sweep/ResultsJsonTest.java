package dev.convoke.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.settings.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        String text = ResultsJson.text(Results.sample()).replace("\"cores\" : 2", "\"cores\" : \"two\"");
        Path file = Files.writeString(folder.resolve("bad.json"), text);
        String message = assertThrows(ConfigurationException.class, () -> ResultsJson.read(file))
                .getMessage();
        assertTrue(message.contains("bad.json: machine.cores is not a number"), message);
        Files.writeString(file, text.substring(0, 200));
        assertThrows(ConfigurationException.class, () -> ResultsJson.read(file));
        assertThrows(ConfigurationException.class, () -> ResultsJson.read(folder.resolve("nothing.json")));
    }
}

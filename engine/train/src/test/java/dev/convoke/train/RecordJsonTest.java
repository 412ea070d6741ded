package dev.convoke.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordJsonTest {
    /** A color. */
    public enum Color {
        DARK_RED
    }

    /** A leaf. */
    public record Leaf(double value, Optional<String> note) {}

    /** One component of every kind. */
    public record Tree(
            int count,
            long bigCount,
            boolean isTall,
            String name,
            Color color,
            List<Leaf> leaves,
            Map<String, Object> rest) {}

    private static final Tree TREE = new Tree(
            3,
            1L << 40,
            true,
            "oak",
            Color.DARK_RED,
            List.of(new Leaf(0.1 + 0.2, Optional.of("n")), new Leaf(Double.MIN_VALUE, Optional.empty())),
            Map.of("a", 1, "b", List.of("x", 2.5)));

    @Test
    void aRecordReadsBackThroughJson() throws IOException {
        assertEquals(TREE, RecordJson.read(Tree.class, Json.read(Json.indented(RecordJson.write(TREE)))));
    }

    @Test
    void keysAreSnakeCaseInTheRecordsOrderAndEnumsLowerCase() {
        String json = Json.compact(RecordJson.write(TREE));
        assertTrue(
                json.startsWith("{\"count\":3,\"big_count\":1099511627776,\"is_tall\":true,\"name\":\"oak\","
                        + "\"color\":\"dark_red\",\"leaves\":[{\"value\":0.30000000000000004,\"note\":\"n\"},"),
                json);
    }

    @Test
    void whatIsNotFiniteIsNullAndReadAsNaN() throws IOException {
        String json = Json.compact(RecordJson.write(new Leaf(Double.POSITIVE_INFINITY, Optional.empty())));
        assertEquals("{\"value\":null}", json);
        assertTrue(Double.isNaN(RecordJson.read(Leaf.class, Json.read(json)).value()));
    }

    @Test
    void unknownKeysArePassedOver() throws IOException {
        assertEquals(
                1,
                RecordJson.read(Leaf.class, Json.read("{\"value\":1,\"newer\":[]}"))
                        .value());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"leaves":[{"value":"x"}]}        | count is missing
            {"count":1.5}                     | count is 1.5, not a whole number
            {"count":3000000000}              | count is 3000000000, not a whole number
            {"count":"3"}                     | count is not a number
            {"count":null}                    | count is null
            """)
    void whatDoesNotFitIsNamedByItsPath(String json, String reason) throws IOException {
        Map<String, Object> map = Json.read(json);
        String message = assertThrows(IllegalArgumentException.class, () -> RecordJson.read(Tree.class, map))
                .getMessage();
        assertTrue(message.contains(reason), message);
    }

    @Test
    void aPathLeadsThroughListsAndRecords() {
        Map<String, Object> map = RecordJson.write(TREE);
        map.put("leaves", List.of(Map.of("value", 1), Map.of("value", "x")));
        String message = assertThrows(IllegalArgumentException.class, () -> RecordJson.read(Tree.class, map))
                .getMessage();
        assertTrue(message.contains("leaves[1].value"), message);
    }
}

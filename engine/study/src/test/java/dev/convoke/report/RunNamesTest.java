package dev.convoke.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunNamesTest {
    private static void assertFit(List<String> names, int width) {
        List<String> fitted = RunNames.fitted(names, width);
        assertEquals(names.size(), new HashSet<>(fitted).size(), fitted::toString);
        assertTrue(fitted.stream().allMatch(name -> name.length() <= width), fitted::toString);
    }

    @Test
    void namesThatFitStayWhole() {
        List<String> names = List.of("base-adam", "a=1,b=2", "a=1,b=3");
        assertEquals(names, RunNames.fitted(names, 12));
        assertEquals(List.of(), RunNames.fitted(List.of(), 12));
    }

    @Test
    void whatAllRunsShareGoesFirst() {
        assertEquals(
                List.of("rate=0.001", "rate=0.003", "base"),
                RunNames.fitted(List.of("dropout=0.25,rate=0.001", "dropout=0.25,rate=0.003", "base"), 12));
    }

    @Test
    void aCutKeepsWhatTellsRunsApart() {
        assertEquals(
                List.of("first-of-a-l...", "second-of-a-..."),
                RunNames.fitted(List.of("first-of-a-long-name", "second-of-a-long-name"), 15));
        assertEquals(
                List.of("...ong-name-one", "...ong-name-two"),
                RunNames.fitted(List.of("a-very-long-name-one", "a-very-long-name-two"), 15));
    }

    @Test
    void noTwoRunsLookAlike() {
        List<String> grid = List.of(
                "optimizer=adam,schedule=constant",
                "optimizer=adam,schedule=cosine",
                "optimizer=sgd-0.9,schedule=constant",
                "optimizer=sgd-0.9,schedule=cosine",
                "optimizer=sgd-0.99,schedule=constant",
                "optimizer=sgd-0.99,schedule=cosine",
                "dropout=0.1",
                "dropout=0.2");
        IntStream.rangeClosed(12, 40).forEach(width -> assertFit(grid, width));
        List<String> alike = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            alike.add("x".repeat(40) + i + "y".repeat(40));
        }
        assertFit(alike, 24);
    }
}

package dev.convoke.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.datasets.NearestName;
import dev.convoke.settings.ConfigurationException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OverridesTest {
    @Test
    void aValueIsYaml() {
        assertEquals(Map.entry("epochs", 3), Overrides.parse("epochs=3"));
        assertEquals(Map.entry("dropout", "none"), Overrides.parse("dropout = none"));
        assertEquals(
                Map.entry("optimizer", Map.of("name", "sgd", "momentum", 0.9)),
                Overrides.parse("optimizer={name: sgd, momentum: 0.9}"));
        assertEquals(Map.entry("augmentation.rotation", 5), Overrides.parse("augmentation.rotation=5"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoch=3", "epochs", "epochs=", "epochs=[", ""})
    void whatIsNoParameterIsRefused(String text) {
        assertThrows(ConfigurationException.class, () -> Overrides.parse(text));
    }

    @Test
    void seedsAreACountOrAList() {
        assertEquals(List.of(1L, 2L, 3L), Seeds.parse("3").on("any"));
        assertEquals(List.of(5L, 2L), Seeds.parse("5, 2").on("any"));
        assertEquals(List.of(7L), Seeds.parse("7,").on("any"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "1,1", "two", "1001"})
    void seedsThatCannotBeAreRefused(String text) {
        String message = assertThrows(ConfigurationException.class, () -> Seeds.parse(text))
                .getMessage();
        assertTrue(message.contains("seeds"), message);
    }

    @Test
    void theNearestNameIsFoundThroughSwapsAndSlips() {
        List<String> names = List.of("optimizer", "epochs", "l1");
        assertEquals(Optional.of("optimizer"), NearestName.of("optimiser", names));
        assertEquals(Optional.of("epochs"), NearestName.of("epohcs", names));
        assertEquals(Optional.empty(), NearestName.of("something-else", names));
    }
}

package dev.convoke.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.datasets.Dataset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValidationTest {
    private final Dataset dataset = TinyData.dataset();

    @Test
    void onTestTheTestSetServesForBoth() {
        TrainData data = new Validation.OnTest().split(dataset, 1);
        assertTrue(data.validatesOnTest());
        assertSame(dataset.test(), data.validation());
        assertSame(dataset.train(), data.training());
        assertEquals("test", new Validation.OnTest().describe(60000));
    }

    @Test
    void aHeldOutPartIsTakenFromTheTrainingImages() {
        TrainData data = new Validation.HeldOut(6).split(dataset, 1);
        assertEquals(40, data.training().count());
        assertEquals(6, data.validation().count());
        assertNotSame(data.validation(), data.test());
        assertFalse(data.validatesOnTest());
    }

    @Test
    void aShareIsRoundedToImages() {
        assertEquals(10_000, new Validation.HeldOut(1 / 6.0).heldOut(60_000));
        assertEquals(240, new Validation.HeldOut(1 / 6.0).heldOut(1437));
        assertEquals("holdout: 10000", new Validation.HeldOut(1 / 6.0).describe(60_000));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 1.5, Double.NaN, 1e12})
    void whatIsNeitherANumberOfImagesNorAShareIsRefused(double amount) {
        assertThrows(IllegalArgumentException.class, () -> new Validation.HeldOut(amount));
    }
}

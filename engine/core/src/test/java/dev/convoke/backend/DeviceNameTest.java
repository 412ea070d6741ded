package dev.convoke.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.convoke.model.ModelException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceNameTest {
    private static final List<BackendProvider> PROVIDERS = List.of(
            ProbedProvider.automatic("cuda", Probe.found("a card")),
            ProbedProvider.automatic("cpu", Probe.found("a core")));

    @Test
    void aNameWithoutNumbersStandsForEveryDevice() {
        assertEquals(new DeviceName("cpu", List.of()), DeviceName.parse("cpu", PROVIDERS));
        assertEquals(new DeviceName("cuda", List.of()), DeviceName.parse("cuda", PROVIDERS));
    }

    @Test
    void numbersComeInTheirOrder() {
        assertEquals(new DeviceName("cuda", List.of(1)), DeviceName.parse("cuda:1", PROVIDERS));
        assertEquals(new DeviceName("cuda", List.of(2, 0, 11)), DeviceName.parse("cuda:2,0,11", PROVIDERS));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"cuda:", "cuda:a", "cuda:0,", "cuda:,0", "cuda:-1", "cuda:0 1", "cuda:9999", "cpu:0", "auto:1"})
    void whatIsNoListOfNumbersIsRefused(String text) {
        ModelException refused = assertThrows(ModelException.class, () -> DeviceName.parse(text, PROVIDERS));
        assertEquals(
                "device '" + text
                        + "' is not the name of one; after 'cuda:' come the numbers of devices, as in cuda:1 or"
                        + " cuda:0,1",
                refused.getMessage());
    }

    @Test
    void aNumberTwiceIsRefused() {
        ModelException refused = assertThrows(ModelException.class, () -> DeviceName.parse("cuda:1,0,1", PROVIDERS));
        assertEquals("device 'cuda:1,0,1' names device 1 twice", refused.getMessage());
    }

    @Test
    void whereNoDeviceIsNumberedThatIsSaid() {
        ModelException refused =
                assertThrows(ModelException.class, () -> DeviceName.parse("cuda:1", PROVIDERS.subList(1, 2)));
        assertEquals("device 'cuda:1' is not the name of one; no device here takes a number", refused.getMessage());
    }
}

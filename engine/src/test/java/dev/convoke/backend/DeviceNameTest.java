package dev.convoke.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.convoke.model.ModelException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceNameTest {
    @Test
    void aNameWithoutNumbersStandsForEveryDevice() {
        assertEquals(new DeviceName("cpu", List.of()), DeviceName.parse("cpu"));
        assertEquals(new DeviceName("cuda", List.of()), DeviceName.parse("cuda"));
    }

    @Test
    void numbersComeInTheirOrder() {
        assertEquals(new DeviceName("cuda", List.of(1)), DeviceName.parse("cuda:1"));
        assertEquals(new DeviceName("cuda", List.of(2, 0, 11)), DeviceName.parse("cuda:2,0,11"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"cuda:", "cuda:a", "cuda:0,", "cuda:,0", "cuda:-1", "cuda:0 1", "cuda:9999", "cpu:0", "auto:1"})
    void whatIsNoListOfNumbersIsRefused(String text) {
        ModelException refused = assertThrows(ModelException.class, () -> DeviceName.parse(text));
        assertEquals(
                "device '" + text + "' is not the name of one; after 'cuda:' come the numbers of GPUs, as in cuda:1 or"
                        + " cuda:0,1",
                refused.getMessage());
    }

    @Test
    void aNumberTwiceIsRefused() {
        ModelException refused = assertThrows(ModelException.class, () -> DeviceName.parse("cuda:1,0,1"));
        assertEquals("device 'cuda:1,0,1' names GPU 1 twice", refused.getMessage());
    }
}

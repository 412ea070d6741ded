package dev.convoke.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class CudaDevicesTest {
    private static final CudaDevice FIRST = new CudaDevice(0, "a", 9, 0);
    private static final CudaDevice SECOND = new CudaDevice(1, "b", 9, 0);
    private static final CudaDevice THIRD = new CudaDevice(2, "c", 9, 0);

    private final CudaDevices devices = new CudaDevices(List.of(FIRST, SECOND, THIRD));

    @Test
    void sessionsGoRound() {
        assertEquals(
                List.of(FIRST, SECOND, THIRD, FIRST),
                List.of(devices.take(), devices.take(), devices.take(), devices.take()));
        assertEquals(List.of(2, 1, 1), devices.load());
    }

    @Test
    void aDeviceThatIsFreeAgainIsTakenFirst() {
        devices.take();
        devices.take();
        devices.take();
        devices.giveBack(SECOND);
        assertEquals(SECOND, devices.take());
        assertEquals(List.of(1, 1, 1), devices.load());
    }

    @Test
    void oneAfterTheOtherUsesAll() {
        for (CudaDevice expected : List.of(FIRST, SECOND, THIRD, FIRST)) {
            CudaDevice taken = devices.take();
            assertEquals(expected, taken);
            devices.giveBack(taken);
        }
    }
}

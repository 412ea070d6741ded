package dev.convoke.backend.cuda;

import dev.convoke.backend.DeviceException;
import dev.convoke.plan.Precision;
import java.util.ArrayList;
import java.util.List;

/** The devices that sessions are spread over: a new one goes where the fewest are, and where it has been longest ago. */
final class CudaDevices {
    private final List<CudaDevice> devices;
    private final int[] sessions; // by place in the list
    private int next;

    CudaDevices(List<CudaDevice> devices) {
        this.devices = List.copyOf(devices);
        sessions = new int[devices.size()];
    }

    /**
     * Refuses a precision that one of the devices does not compute in: a session may come to any of them.
     *
     * @throws DeviceException saying what would serve
     */
    void check(Precision precision) {
        devices.forEach(device -> device.check(precision));
    }

    /** Acquires a device for a session; it must be released once. */
    synchronized CudaDevice take() {
        int best = next;
        for (int i = 1; i < sessions.length; i++) {
            int candidate = (next + i) % sessions.length;
            if (sessions[candidate] < sessions[best]) {
                best = candidate;
            }
        }
        sessions[best]++;
        next = (best + 1) % sessions.length;
        return devices.get(best);
    }

    synchronized void giveBack(CudaDevice device) {
        sessions[devices.indexOf(device)]--;
    }

    /** Sessions of each device, in order. */
    synchronized List<Integer> load() {
        List<Integer> load = new ArrayList<>();
        for (int count : sessions) {
            load.add(count);
        }
        return load;
    }
}

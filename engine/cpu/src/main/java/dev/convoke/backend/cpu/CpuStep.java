package dev.convoke.backend.cpu;

/** Which step runs: what random masks are counted by. */
final class CpuStep {
    private int epoch;
    private int firstPosition;

    void set(int newEpoch, int newFirstPosition) {
        epoch = newEpoch;
        firstPosition = newFirstPosition;
    }

    int epoch() {
        return epoch;
    }

    /** Position in the epoch's order of the batch's first image. */
    int firstPosition() {
        return firstPosition;
    }
}

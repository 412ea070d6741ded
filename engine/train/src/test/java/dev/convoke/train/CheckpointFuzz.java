package dev.convoke.train;

import dev.convoke.datasets.HostileFile;

/** What a checkpoint's header says, its history included; the digest over it is right. */
public final class CheckpointFuzz {
    private static final HostileFile FILE = new HostileFile("checkpoint.safetensors", CheckpointException.class);

    private CheckpointFuzz() {}

    /** Takes the header. */
    public static void fuzzerTestOneInput(byte[] data) {
        FILE.offer(SealedHeader.file(data), Checkpoint::read);
    }
}

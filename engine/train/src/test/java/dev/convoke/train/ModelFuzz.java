package dev.convoke.train;

import dev.convoke.datasets.HostileFile;

/** What a model's header says, network and class names included; the digest over it is right. */
public final class ModelFuzz {
    private static final HostileFile FILE = new HostileFile("model.safetensors", CheckpointException.class);

    private ModelFuzz() {}

    /** Takes the header. */
    public static void fuzzerTestOneInput(byte[] data) {
        FILE.offer(SealedHeader.file(data), TrainedModel::read);
    }
}

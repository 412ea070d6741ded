package dev.convoke.train;

import dev.convoke.datasets.HostileFile;

/** Tensors with their header, of whoever wrote them. */
public final class SafeTensorsFuzz {
    private static final HostileFile FILE = new HostileFile("model.safetensors", CheckpointException.class);

    private SafeTensorsFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        FILE.offer(data, SafeTensors::read);
    }
}

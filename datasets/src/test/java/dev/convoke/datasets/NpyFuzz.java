package dev.convoke.datasets;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** NumPy arrays, without the archive around them. */
public final class NpyFuzz {
    private static final String NAME = "x_train.npy";

    private NpyFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        HostileFile.judge(DatasetException.class, NAME, () -> {
            try {
                NpyArray array = NpyArray.read(new ByteArrayInputStream(data), NAME, data.length);
                NumberedImages images = new NumberedImages(NAME);
                images.add(SetPart.TRAIN, array.shape(), array.unsignedBytes(), array.shape(), array::get);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}

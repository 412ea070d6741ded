package dev.convoke.datasets;

/** Pictures: PNG, JPEG, BMP and GIF, as the first bytes say. */
public final class PictureFuzz {
    private static final HostileFile FILE = new HostileFile("picture.png", DatasetException.class);

    private PictureFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        FILE.offer(data, file -> {
            PictureSize announced = Picture.sizeOf(file);
            PictureSize read = Picture.read(file).size();
            if (!announced.equals(read)) {
                throw new AssertionError("announced " + announced + ", read " + read);
            }
        });
    }
}

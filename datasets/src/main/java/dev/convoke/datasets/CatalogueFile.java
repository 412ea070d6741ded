package dev.convoke.datasets;

import java.util.Optional;

/**
 * One IDX file of a data set, compressed as published and uncompressed.
 *
 * @param part content of the file
 * @param name name of the uncompressed file; the published one has the suffix {@code .gz}
 * @param packedBytes size of the published archive; 0 if unknown
 * @param packedDigests digests of the published archive; a recompressed file differs
 * @param payloadSha256 SHA-256 of the uncompressed file, if known; independent of compression
 */
public record CatalogueFile(
        Part part, String name, long packedBytes, PackedDigests packedDigests, Optional<String> payloadSha256) {

    /** What a file holds. */
    public enum Part {
        TRAIN_IMAGES,
        TRAIN_LABELS,
        TEST_IMAGES,
        TEST_LABELS
    }

    /**
     * Digests of an archive, lower-case hexadecimal; at least one of them.
     *
     * @param sha256 SHA-256, where known
     * @param md5 MD5, where known; used only where SHA-256 is not
     */
    public record PackedDigests(Optional<String> sha256, Optional<String> md5) {
        public PackedDigests {
            if (sha256.isEmpty() && md5.isEmpty()) {
                throw new IllegalArgumentException("an archive needs a digest");
            }
        }

        static PackedDigests of(String sha256, String md5) {
            return new PackedDigests(Optional.of(sha256), Optional.of(md5));
        }

        static PackedDigests ofMd5(String md5) {
            return new PackedDigests(Optional.empty(), Optional.of(md5));
        }

        /** The stronger digest that is known. */
        String expected() {
            return sha256.orElseGet(md5::orElseThrow);
        }

        /** Name of the stronger digest that is known. */
        String algorithm() {
            return sha256.isPresent() ? "SHA-256" : "MD5";
        }
    }

    /** The published file's name. */
    public String packedName() {
        return name + ".gz";
    }
}

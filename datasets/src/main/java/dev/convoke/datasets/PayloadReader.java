package dev.convoke.datasets;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * Unpacks a catalogue file and checks its digest in the same pass. Where the payload's digest is known, that is what
 * counts, however the file was packed; else the archive's, if the file is still packed; else nothing is known.
 */
final class PayloadReader {
    private static final int BUFFER_BYTES = 1 << 16;

    private PayloadReader() {}

    /** Which bytes the known digest is over. */
    private enum Over {
        PAYLOAD("the payload"),
        ARCHIVE("the archive"),
        NOTHING("nothing");

        private final String words;

        Over(String words) {
            this.words = words;
        }
    }

    /** The digest that a file should have. */
    private record Expectation(Over over, String algorithm, String digest) {
        static Expectation of(CatalogueFile file, boolean packed) {
            Optional<String> payload = file.payloadSha256();
            if (payload.isPresent()) {
                return new Expectation(Over.PAYLOAD, "SHA-256", payload.get());
            }
            return packed
                    ? new Expectation(
                            Over.ARCHIVE,
                            file.packedDigests().algorithm(),
                            file.packedDigests().expected())
                    : new Expectation(Over.NOTHING, "SHA-256", "");
        }

        MessageDigest start() {
            return Digests.named(algorithm);
        }

        void check(String found, LocatedFile place) {
            if (over != Over.NOTHING && !found.equals(digest)) {
                throw new DatasetException(
                        place + ": " + algorithm + " of " + over.words + " is " + found + ", expected " + digest
                                + "; delete the file and get it again, name another folder with --data-dir, or name the"
                                + " folder with --dataset if the files are your own");
            }
        }
    }

    /**
     * Reads the array of {@code file} at {@code place}.
     *
     * @throws DatasetException if it cannot be read, is not one IDX array, or its digest is not the known one
     */
    static IdxArray read(CatalogueFile file, LocatedFile place, PayloadPins pins) {
        try (InputStream stored = new BufferedInputStream(place.open(), BUFFER_BYTES)) {
            boolean packed = Payload.isGzip(stored);
            Expectation expectation = Expectation.of(file, packed);
            MessageDigest digest = expectation.start();
            MessageDigest payload = Digests.sha256();
            IdxArray array = expectation.over() == Over.ARCHIVE
                    ? readOverArchive(stored, digest, payload, place)
                    : readOverPayload(stored, packed, digest, place);
            String found = Digests.hex(digest);
            expectation.check(found, place);
            switch (expectation.over()) {
                case PAYLOAD -> {}
                case ARCHIVE -> pins.seen(file, place, Digests.hex(payload), PayloadPins.Trust.PUBLISHED);
                case NOTHING -> pins.seen(file, place, found, PayloadPins.Trust.FIRST_USE);
            }
            return array;
        } catch (IOException e) {
            throw IdxReader.unreadable(place.toString(), e);
        }
    }

    /** Whether no digest is known for {@code file} in its form (compressed or not) at {@code place}. */
    static boolean isUnknown(CatalogueFile file, LocatedFile place) {
        try (InputStream stored = new BufferedInputStream(place.open(), BUFFER_BYTES)) {
            return Expectation.of(file, Payload.isGzip(stored)).over() == Over.NOTHING;
        } catch (IOException e) {
            throw IdxReader.unreadable(place.toString(), e);
        }
    }

    /** Reads and checks like {@link #read}, and returns the outcome. */
    static FileCheck check(CatalogueFile file, LocatedFile place) {
        try {
            PayloadPins pins = new PayloadPins();
            IdxArray array = read(file, place, pins);
            String words = pins.of(file, place).isPresent()
                    ? ", digest as first seen, none is published for it unpacked"
                    : ", no digest is known for it unpacked";
            return isUnknown(file, place)
                    ? outcome(file, place, FileCheck.Status.UNKNOWN, array + words)
                    : outcome(file, place, FileCheck.Status.VERIFIED, array + ", digest as published");
        } catch (DatasetException e) {
            return outcome(file, place, FileCheck.Status.DAMAGED, DatasetException.reason(e));
        }
    }

    private static FileCheck outcome(CatalogueFile file, LocatedFile place, FileCheck.Status status, String detail) {
        return new FileCheck(file.name(), status, Optional.of(place.toString()), detail);
    }

    private static IdxArray readOverPayload(InputStream stored, boolean packed, MessageDigest digest, LocatedFile place)
            throws IOException {
        InputStream payload = packed ? new GZIPInputStream(stored, BUFFER_BYTES) : stored;
        return IdxReader.read(
                new DigestInputStream(payload, digest), place.toString(), IdxReader.likelyBytes(place.bytes()));
    }

    private static IdxArray readOverArchive(
            InputStream stored, MessageDigest digest, MessageDigest payloadDigest, LocatedFile place)
            throws IOException {
        InputStream archive = new DigestInputStream(stored, digest);
        InputStream payload = new GZIPInputStream(archive, BUFFER_BYTES);
        IdxArray array = IdxReader.read(
                new DigestInputStream(payload, payloadDigest), place.toString(), IdxReader.likelyBytes(place.bytes()));
        // Bytes after the last gzip member belong to the archive too.
        archive.transferTo(OutputStream.nullOutputStream());
        return array;
    }
}

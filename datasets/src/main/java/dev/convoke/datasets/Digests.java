package dev.convoke.datasets;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 and MD5 as lower-case hexadecimal. */
final class Digests {
    private static final int BUFFER_BYTES = 1 << 18;

    private Digests() {}

    static MessageDigest sha256() {
        return named("SHA-256");
    }

    /** Ends the digest and spells it. */
    static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The digest of a file's bytes. */
    static String ofFile(Path file, MessageDigest digest) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            return ofStream(stream, digest);
        }
    }

    /** The digest of what is left of a stream. */
    static String ofStream(InputStream stream, MessageDigest digest) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
            digest.update(buffer, 0, read);
        }
        return hex(digest);
    }

    /** A fresh digest; {@code algorithm} is SHA-256 or MD5. */
    static MessageDigest named(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Java " + algorithm + " is missing; every Java platform has it", e);
        }
    }
}

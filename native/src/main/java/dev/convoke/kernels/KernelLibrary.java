package dev.convoke.kernels;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;

/**
 * Loads the kernels that the jar or the class folder carries.
 *
 * <p>JavaCPP copies a jar's libraries into a cache and takes a copy for current when size and time agree. Entries of our
 * jars all bear one fixed time, so that builds are reproducible; a rebuilt library of the same size would go unnoticed.
 * Therefore the copies are compared byte by byte first, and replaced where they differ.
 */
final class KernelLibrary {
    private static final String KERNELS = "libconvoke_kernels.so";
    private static final String GLUE = "libjniKernels.so";

    private KernelLibrary() {}

    /**
     * Loads kernels and JNI glue.
     *
     * @throws UnsatisfiedLinkError if there is no build for this platform, or the library is of another version
     */
    static void load() {
        CacheFolder.fault().ifPresent(fault -> {
            throw new UnsatisfiedLinkError(fault);
        });
        String platform = Loader.getPlatform();
        for (String name : new String[] {KERNELS, GLUE}) {
            URL resource = KernelLibrary.class.getResource(platform + "/" + name);
            if (resource == null) {
                throw new UnsatisfiedLinkError("no native kernels for " + platform + " in this build (" + name
                        + " is missing): build Convoke on such a machine, or use --device reference");
            }
            refresh(resource);
        }
        initializeJavaCpp();
        Loader.load(Kernels.class);
        int version = Kernels.abiVersion();
        if (version != Kernels.ABI_VERSION) {
            throw new UnsatisfiedLinkError(KERNELS + " has ABI version " + version + ", this build of Convoke needs "
                    + Kernels.ABI_VERSION + ": an older copy was found first on java.library.path");
        }
    }

    /**
     * Initializes the class that every JavaCPP library asks for when it is loaded. Its initializer loads a library too, for
     * which it takes JavaCPP's lock: a thread that loads a library, with that lock, and one that initializes the class would
     * wait for each other.
     */
    static void initializeJavaCpp() {
        Loader.load(Pointer.class);
    }

    /**
     * Makes JavaCPP's cached copy of a library inside a jar equal to the jar's. Resources outside jars are used where
     * they lie.
     */
    static void refresh(URL resource) {
        if (!"jar".equals(resource.getProtocol())) {
            return;
        }
        try {
            File cached = Loader.cacheResource(resource);
            if (!sameContent(resource, cached)) {
                replace(resource, cached.toPath());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot copy " + resource + " into JavaCPP's cache", e);
        }
    }

    /** Copies beside and renames, so that a process that starts at the same time finds a whole file, old or new. */
    private static void replace(URL resource, Path cached) throws IOException {
        Path fresh =
                Files.createTempFile(cached.getParent(), cached.getFileName().toString(), ".tmp");
        try (InputStream in = resource.openStream()) {
            Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
            Files.setLastModifiedTime(fresh, Files.getLastModifiedTime(cached));
            Files.move(fresh, cached, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static boolean sameContent(URL resource, File file) throws IOException {
        try (InputStream in = resource.openStream()) {
            return Arrays.equals(in.readAllBytes(), Files.readAllBytes(file.toPath()));
        }
    }
}

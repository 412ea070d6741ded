package dev.convoke.kernels;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * Loads the CUDA kernels, which only a build that had nvcc carries, and their JNI glue, which every build carries.
 *
 * <p>The kernels are loaded first and by their full path; the glue then finds them by their name. So it is this class
 * alone that decides between the library of the jar and the one that {@link #LIBRARY_PROPERTY} names.
 */
final class CudaKernelLibrary {
    /** System property: path of another {@code libconvoke_cuda.so}, such as the one of the simulated device. */
    static final String LIBRARY_PROPERTY = "convoke.cuda.kernels";

    private static final String KERNELS = "libconvoke_cuda.so";
    private static final String GLUE = "libjniCudaKernels.so";

    private CudaKernelLibrary() {}

    /**
     * Loads kernels and JNI glue.
     *
     * @throws UnsatisfiedLinkError if this build carries no CUDA kernels, or the library is of another version
     */
    static void load() {
        URL glue = resource(GLUE);
        if (glue == null) {
            throw new UnsatisfiedLinkError("no native kernels for " + Loader.getPlatform() + " in this build (" + GLUE
                    + " is missing): build Convoke on such a machine, or use --device reference");
        }
        File kernels = kernels(System.getProperty(LIBRARY_PROPERTY), resource(KERNELS));
        System.load(kernels.getAbsolutePath());
        KernelLibrary.refresh(glue);
        KernelLibrary.initializeJavaCpp();
        Loader.load(CudaKernels.class);
        int version = CudaKernels.abiVersion();
        if (version != CudaKernels.ABI_VERSION) {
            throw new UnsatisfiedLinkError(kernels + " has ABI version " + version + ", this build of Convoke needs "
                    + CudaKernels.ABI_VERSION + ": build both together");
        }
    }

    /**
     * The library to load.
     *
     * @param named path that the user gave, null for none
     * @param carried library of this build, null if it has none
     */
    static File kernels(@Nullable String named, @Nullable URL carried) {
        if (named != null) {
            File file = new File(named);
            if (!file.isFile()) {
                throw new UnsatisfiedLinkError("-D" + LIBRARY_PROPERTY + " names " + named + ", which is not a file");
            }
            return file;
        }
        if (carried == null) {
            throw new UnsatisfiedLinkError(
                    "libconvoke_cuda.so is not in this build: nvcc was not there when it was made");
        }
        return onDisk(carried);
    }

    private static File onDisk(URL library) {
        KernelLibrary.refresh(library);
        try {
            return "file".equals(library.getProtocol())
                    ? new File(URI.create(library.toString()))
                    : Loader.cacheResource(library);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot copy " + library + " into JavaCPP's cache", e);
        }
    }

    private static @Nullable URL resource(String name) {
        return CudaKernelLibrary.class.getResource(Loader.getPlatform() + "/" + name);
    }
}

package dev.convoke.peers.djl;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** PyTorch's {@code set_flush_denormal}, which DJL does not offer: called in the library that DJL has loaded. */
final class FlushDenormals {
    private static final String LIBRARY = "libtorch_cpu.so";
    /** {@code at::globalContext()}. */
    private static final String CONTEXT = "_ZN2at13globalContextEv";
    /** {@code at::Context::setFlushDenormal(bool)}. */
    private static final String SET = "_ZN2at7Context16setFlushDenormalEb";

    private FlushDenormals() {}

    /** Has this thread, and those that it starts, take denormal numbers for 0. */
    static void onThisThread() {
        NativeLibrary torch = NativeLibrary.getInstance(loaded());
        Pointer context = torch.getFunction(CONTEXT).invokePointer(new Object[0]);
        Function set = torch.getFunction(SET);
        int done = set.invokeInt(new Object[] {context, 1});
        if ((done & 0xff) == 0) {
            throw new IllegalStateException("PyTorch cannot flush denormal numbers on this processor");
        }
    }

    private static String loaded() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
                if (line.endsWith("/" + LIBRARY)) {
                    return line.substring(line.indexOf('/'));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("/proc/self/maps cannot be read", e);
        }
        throw new IllegalStateException("DJL has not loaded " + LIBRARY);
    }
}

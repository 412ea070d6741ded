package dev.convoke.cli;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What {@code libconvoke_faults} is told, through a file that this process and the library both map; its layout is that of
 * {@code Control} in {@code faults.cpp}. The library has to be preloaded, with {@code CONVOKE_FAULTS} naming the file.
 */
final class FaultControl {
    /** What a call that fails says. */
    enum Failure {
        /** An input or output error, of one call alone. Errno 5 on Linux. */
        EIO(5, 63),
        /** No space left on the device, from one call on. Errno 28; who only reads or removes does not need any. */
        ENOSPC(28, 2 + 4 + 8 + 16);

        private final int number;
        private final int kinds;

        Failure(int number, int kinds) {
            this.number = number;
            this.kinds = kinds;
        }
    }

    private static final int CALLS = 0;
    private static final int FIRST = 8;
    private static final int LAST = 16;
    private static final int INJECTED = 24;
    private static final int ERROR = 32;
    private static final int KINDS = 36;
    private static final int FOLDER = 40;
    private static final int PATH_BYTES = 4096;
    private static final int FAILED = FOLDER + PATH_BYTES;

    private final MappedByteBuffer memory;

    private FaultControl(MappedByteBuffer memory) {
        this.memory = memory;
    }

    /** Maps the file, which is made where there is none. */
    static FaultControl of(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, FAILED + 2 * PATH_BYTES);
            memory.order(ByteOrder.nativeOrder());
            return new FaultControl(memory);
        }
    }

    /** Counts calls on files below {@code folder} from here on, as {@code error} would meet them, and fails none. */
    void watch(Path folder, Failure error) {
        disarm();
        byte[] path = folder.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i <= path.length; i++) {
            memory.put(FOLDER + i, i < path.length ? path[i] : 0);
        }
        memory.putLong(CALLS, 0);
        memory.putLong(INJECTED, 0);
        memory.putInt(ERROR, error.number);
        memory.putInt(KINDS, error.kinds);
    }

    /** Lets the call of that number fail, counted from 1 since {@link #watch}; with a full disk all after it too. */
    void arm(long call, Failure error) {
        memory.putLong(LAST, error == Failure.EIO ? call : Long.MAX_VALUE);
        memory.putLong(FIRST, call);
    }

    /** Lets all calls through again. */
    void disarm() {
        memory.putLong(FIRST, 0);
    }

    /** Calls since {@link #watch}. */
    long calls() {
        return memory.getLong(CALLS);
    }

    /** The call that failed last, and its file. */
    String failed() {
        byte[] text = new byte[2 * PATH_BYTES];
        memory.get(FAILED, text);
        return new String(text, StandardCharsets.UTF_8).replaceAll("(?s)\\x00.*", "");
    }

    /** Those of them that failed. */
    long injected() {
        return memory.getLong(INJECTED);
    }
}

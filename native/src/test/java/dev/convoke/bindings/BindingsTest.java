package dev.convoke.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of declarations that the headers have, or may come to have. */
class BindingsTest {
    private static final String CPU = """
            #ifndef CONVOKE_KERNELS_H
            #define CONVOKE_KERNELS_H
            #include <stdint.h>
            #if defined(CONVOKE_BUILD)
            #define CONVOKE_API __attribute__((visibility("default")))
            #else
            #define CONVOKE_API
            #endif
            #ifdef __cplusplus
            extern "C" {
            #endif

            /* Changes. */
            #define CONVOKE_ABI_VERSION 7

            enum convoke_norm { CONVOKE_BATCH_NORM = 0, CONVOKE_GROUP_NORM = 3 /* groups, of channels */ };

            /* Sums of an epoch. */
            typedef struct convoke_epoch_sums {
                double metric_sums[2];
                int64_t images;
                uint32_t unused[3]; /* 0 */
            } convoke_epoch_sums;

            /* Adds up; `before_sum` may be null. Adds `bias`. */
            CONVOKE_API void convoke_add_up(const convoke_epoch_sums* sums, const void* any, int32_t* codes,
                                            const uint8_t* labels /* [n] */, const float* before_sum,
                                            const float* bias, double* out /* [2, (n + 1)],
                                            or null */, uint64_t seed);
            CONVOKE_API const char* convoke_name_of(const char* key, int32_t native);

            #ifdef __cplusplus
            }
            #endif
            #endif
            """;

    private static final String CUDA = """
            #include "kernels.h"

            /* cudaStream_t. */
            typedef void* convoke_stream;

            /* Of a run; host memory. */
            typedef struct convoke_cuda_plan {
                int32_t batch_size;
            } convoke_cuda_plan;

            /* On the device. */
            typedef struct convoke_step_state {
                double metric_sums[2];
            } convoke_step_state;

            /*
             * As convoke_add_up, with the sums of `state`; `totals` is
             * host memory.
             */
            CONVOKE_API int32_t convoke_cuda_add_up(int32_t type, const convoke_cuda_plan* plan,
                                                    const convoke_rates* rates, const convoke_step_state* state,
                                                    convoke_epoch_sums* totals, const void* any, int32_t* codes,
                                                    const float* before_sum, convoke_stream stream);
            """;

    @TempDir
    Path headers;

    @BeforeEach
    void write() throws IOException {
        Files.createDirectory(headers.resolve("cpu"));
        Files.writeString(headers.resolve("kernels.h"), CPU);
        Files.writeString(
                headers.resolve("cpu/fused_convolution.h"), "#define CONVOKE_FUSED_CONVOLUTION_GROUP 4 /* images */\n");
        Files.writeString(headers.resolve("cuda_kernels.h"), CUDA);
    }

    @Test
    void aFunctionIsOneMethodThatTakesPointers() throws IOException {
        String kernels = Bindings.generate(headers).get("Kernels");
        assertContains(
                kernels,
                "public static native @Name(\"convoke_add_up\") void addUp("
                        + "@Const EpochSums sums, @Const Pointer any, IntPointer codes,"
                        + " @Cast(\"const uint8_t*\") BytePointer labels, @Const @Nullable FloatPointer beforeSum,"
                        + " @Const FloatPointer bias, @Nullable DoublePointer out, @Cast(\"uint64_t\") long seed);");
        assertContains(kernels, "String nameOf(@Cast(\"const char*\") String key, int _native);");
        assertEquals(1, kernels.split(" addUp\\(", -1).length - 1);
    }

    @Test
    void onTheDeviceEveryPointerIsAlikeButToStructsOfTheHost() throws IOException {
        String kernels = Bindings.generate(headers).get("CudaKernels");
        assertContains(
                kernels,
                "addUp(@Cast(\"int32_t\") int type, @Const CudaPlan plan, @Cast(\"convoke_rates*\") Pointer rates,"
                        + " @Cast(\"convoke_step_state*\") Pointer state, EpochSums totals, @Const Pointer any,"
                        + " @Cast(\"int32_t*\") Pointer codes, @Cast(\"const float*\") @Nullable Pointer beforeSum,"
                        + " @Cast(\"convoke_stream\") Pointer stream);");
        assertContains(kernels, "class StepState extends Pointer");
        assertFalse(kernels.contains("convoke_stream extends"), kernels);
    }

    @Test
    void constantsAreNumbersThatTheCompilerKnows() throws IOException {
        String kernels = Bindings.generate(headers).get("Kernels");
        assertContains(kernels, "public static final int ABI_VERSION = 7;");
        assertContains(kernels, "BATCH_NORM = 0");
        assertContains(kernels, "GROUP_NORM = 3");
        assertContains(kernels, "public static final int FUSED_GROUP = 4;");
    }

    @Test
    void structsHaveTheirFieldsAndLoadTheLibraryOnlyWhenTheyAreMade() throws IOException {
        for (Map.Entry<String, String> source : Bindings.generate(headers).entrySet()) {
            assertContains(source.getValue(), " double metricSums(int i);");
            assertContains(source.getValue(), "metricSums(int i, double setter);");
            assertFalse(source.getValue().contains("unused("), source.getValue());
            assertFalse(source.getValue().contains("Loader.load"), source.getValue());
            assertContains(source.getValue(), "(Pointer p) { super(p); ensureLoaded(); }");
            assertContains(
                    source.getValue(),
                    "(long size) { super((Pointer)null); ensureLoaded(); allocateArray(size);"
                            + " Pointer.memset(this, 0, size * sizeof()); }");
        }
    }

    @Test
    void whatTheGeneratorCannotReadItRefuses() throws IOException {
        Files.writeString(headers.resolve("cuda_kernels.h"), "CONVOKE_API void convoke_cuda_sort(float keys[4]);\n");
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> Bindings.generate(headers));
        assertTrue(refused.getMessage().contains("float keys[4]"), refused.getMessage());
    }

    @Test
    void anUnchangedSourceIsLeftAlone() throws IOException {
        Path sources = headers.resolve("sources");
        String[] arguments = {headers.toString(), sources.toString()};
        Bindings.main(arguments);
        Path kernels = sources.resolve("dev/convoke/kernels/Kernels.java");
        Path cudaKernels = sources.resolve("dev/convoke/kernels/CudaKernels.java");
        FileTime before = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(kernels, before);
        Files.setLastModifiedTime(cudaKernels, before);
        Files.writeString(headers.resolve("kernels.h"), CPU.replace("CONVOKE_ABI_VERSION 7", "CONVOKE_ABI_VERSION 8"));
        Bindings.main(arguments);
        assertContains(Files.readString(kernels), "ABI_VERSION = 8;");
        assertEquals(before, Files.getLastModifiedTime(cudaKernels));
    }

    private static void assertContains(String text, String part) {
        assertTrue(text.contains(part), () -> part + " is not in\n" + text);
    }
}

package dev.convoke.backend.cpu;

import dev.convoke.backend.Probe;
import dev.convoke.backend.graph.NativeCache;
import dev.convoke.kernels.Kernels;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;

/** Whether oneDNN and our kernels can be loaded, found out once. */
final class CpuLibraries {
    private CpuLibraries() {}

    // A second use of a class whose library failed to load does not report the reason, so the first failure is kept.
    private static final class Found {
        static final CpuFacts FACTS = look();
    }

    static CpuFacts facts() {
        return Found.FACTS;
    }

    static Probe get() {
        CpuFacts facts = facts();
        return facts.missing() == null
                ? Probe.found("oneDNN " + facts.oneDnn() + " (" + facts.oneDnnInstructionSet() + "), own kernels ("
                        + facts.kernelInstructionSet() + ")")
                : Probe.missing(facts.missing());
    }

    private static CpuFacts look() {
        Optional<String> obstacle = NativeCache.obstacle();
        if (obstacle.isPresent()) {
            return new CpuFacts(null, null, null, obstacle.get());
        }
        try {
            dnnl_version_t version = dnnl.dnnl_version();
            return new CpuFacts(
                    version.major() + "." + version.minor() + "." + version.patch(),
                    instructionSet(dnnl.dnnl_get_effective_cpu_isa()),
                    Kernels.instructionSet(),
                    null);
        } catch (LinkageError | RuntimeException e) {
            // JavaCPP throws the latter where its own library did not load.
            String missing = "a native library does not load (" + firstLine(e)
                    + "): run a build of Convoke for this platform, or use --device reference";
            return new CpuFacts(null, null, null, missing);
        }
    }

    private static String firstLine(Throwable error) {
        Throwable first = error.getCause() == null ? error : error.getCause();
        return String.valueOf(first.getMessage()).lines().findFirst().orElse("no reason given");
    }

    private static String instructionSet(int isa) {
        if (isa == dnnl.dnnl_cpu_isa_default) {
            return "default instruction set";
        }
        if (isa == dnnl.dnnl_cpu_isa_sse41) {
            return "SSE4.1";
        }
        if (isa == dnnl.dnnl_cpu_isa_avx) {
            return "AVX";
        }
        if ((isa & dnnl.dnnl_cpu_isa_avx512_core) == dnnl.dnnl_cpu_isa_avx512_core) {
            return "AVX-512";
        }
        return (isa & dnnl.dnnl_cpu_isa_avx2) == dnnl.dnnl_cpu_isa_avx2 ? "AVX2" : "instruction set " + isa;
    }

    /** Whether oneDNN has primitives for bfloat16 operands here: with AVX-512, with or without bfloat16 instructions. */
    static boolean multipliesBfloat16() {
        int isa = dnnl.dnnl_get_effective_cpu_isa();
        return isa != dnnl.dnnl_cpu_isa_default
                && (isa & dnnl.dnnl_cpu_isa_avx512_core) == dnnl.dnnl_cpu_isa_avx512_core;
    }
}

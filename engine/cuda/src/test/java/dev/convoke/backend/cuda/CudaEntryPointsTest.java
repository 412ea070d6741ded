package dev.convoke.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every CUDA entry point that our bytecode calls is one that CUDA 13.0 and CUDA 12.9 have: calling another would end the
 * process, which no exception handler sees. {@code entry-points.csv} lists them, each with where it was seen;
 * {@code cuda_entry_points.py} wrote it and adds to it.
 *
 * <p>Entry points are the native methods of the bindings' {@code global} classes. The bindings' structs have native methods
 * too, which read and write fields and call nothing of NVIDIA's.
 */
class CudaEntryPointsTest {
    private static final String ENTRY_POINTS = "org.bytedeco.cuda.global";
    private static final ImportOption MAIN = ImportOption.Predefined.DO_NOT_INCLUDE_TESTS;

    /** Name of each listed entry point, and its library. */
    private static Map<String, String> listed() throws IOException {
        try (InputStream in = CudaEntryPointsTest.class.getResourceAsStream("entry-points.csv")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> line.split(",", -1))
                    .collect(Collectors.toMap(row -> row[0], row -> row[1], (a, b) -> a, TreeMap::new));
        }
    }

    private static JavaClasses ours(ImportOption option) {
        return new ClassFileImporter().withImportOption(option).importPackages("dev.convoke");
    }

    /** Entry points that the classes call or refer to, each as {@code library.name}. */
    private static Set<String> called(JavaClasses classes) {
        Set<String> called = new TreeSet<>();
        for (JavaClass one : classes) {
            Stream.concat(one.getMethodCallsFromSelf().stream(), one.getMethodReferencesFromSelf().stream())
                    .map(access -> (AccessTarget.CodeUnitAccessTarget) access.getTarget())
                    .filter(target -> target.getOwner().getPackageName().equals(ENTRY_POINTS))
                    .forEach(target -> called.add(target.getOwner().getSimpleName() + "." + target.getName()));
        }
        return called;
    }

    private static Set<String> unlisted(JavaClasses classes) throws IOException {
        Set<String> allowed = listed().entrySet().stream()
                .map(entry -> entry.getValue() + "." + entry.getKey())
                .collect(Collectors.toSet());
        Set<String> unlisted = new TreeSet<>(called(classes));
        unlisted.removeAll(allowed);
        return unlisted;
    }

    @Test
    void everyEntryPointThatWeCallIsInBothVersions() throws IOException {
        JavaClasses classes = ours(MAIN);
        assertTrue(called(classes).contains("cudart.cudaRuntimeGetVersion"), "the scan must see what is called");
        assertEquals(Set.of(), unlisted(classes), "called, but not in entry-points.csv");
    }

    @Test
    void anEntryPointThatIsNotListedIsFound() throws IOException {
        String planted = "/" + PlantedEntryPoint.class.getSimpleName() + ".class";
        JavaClasses classes = ours(location ->
                MAIN.includes(location) || location.asURI().toString().endsWith(planted));
        assertEquals(Set.of("cudart.cudaDeviceReset"), unlisted(classes));
    }

    @Test
    void callsThatCuda13Point0LacksAreNotListed() throws IOException {
        assertFalse(listed().containsKey("cudaGraphConditionalHandleCreate_v2"));
        assertTrue(listed().keySet().stream().noneMatch(name -> name.contains("GreenCtx")));
    }
}

package dev.convoke;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import dev.convoke.backend.reference.PlantedNeighbor;
import dev.convoke.model.PlantedUpwardArrow;
import dev.convoke.stray.PlantedStray;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arrows between packages point one way: cli, report, sweep, train, backend, plan, model. */
class ArchitectureTest {
    /** Neither folders nor jars of tests, by Maven's names for them. */
    private static final ImportOption MAIN = location ->
            ImportOption.Predefined.DO_NOT_INCLUDE_TESTS.includes(location) && !location.contains("-tests.jar");

    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(MAIN).importPackages("dev.convoke");

    private static LayeredArchitecture layers() {
        return layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.convoke..")
                .layer("cli")
                .definedBy("dev.convoke.cli..")
                .layer("report")
                .definedBy("dev.convoke.report..")
                .layer("sweep")
                .definedBy("dev.convoke.sweep..")
                .layer("library")
                .definedBy("dev.convoke")
                .layer("train")
                .definedBy("dev.convoke.train..")
                .layer("parity")
                .definedBy("dev.convoke.parity..")
                .layer("backends")
                .definedBy("dev.convoke.backend.cpu..", "dev.convoke.backend.cuda..")
                .layer("reference")
                .definedBy("dev.convoke.backend.reference..")
                .layer("graph")
                .definedBy("dev.convoke.backend.graph..")
                .layer("backend")
                .definedBy("dev.convoke.backend")
                .layer("plan")
                .definedBy("dev.convoke.plan..")
                .layer("model")
                .definedBy("dev.convoke.model..")
                .layer("pipeline")
                .definedBy("dev.convoke.pipeline..")
                .layer("random")
                .definedBy("dev.convoke.random..")
                .layer("datasets")
                .definedBy("dev.convoke.datasets..")
                .layer("settings")
                .definedBy("dev.convoke.settings..")
                .layer("onnx")
                .definedBy("dev.convoke.onnx..")
                .layer("kernels")
                .definedBy("dev.convoke.kernels..")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("report")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("library")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("sweep")
                .mayOnlyBeAccessedByLayers("report", "cli")
                .whereLayer("parity")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("train")
                .mayOnlyBeAccessedByLayers("library", "sweep", "report", "cli")
                .whereLayer("onnx")
                .mayOnlyBeAccessedByLayers("train", "cli")
                .whereLayer("settings")
                .mayOnlyAccessLayers("model", "datasets")
                .whereLayer("backends")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("reference")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("graph")
                .mayOnlyBeAccessedByLayers("backends")
                .whereLayer("kernels")
                .mayOnlyBeAccessedByLayers("backends", "graph")
                .whereLayer("plan")
                .mayOnlyBeAccessedByLayers(
                        "backend",
                        "backends",
                        "reference",
                        "graph",
                        "parity",
                        "library",
                        "train",
                        "sweep",
                        "report",
                        "onnx",
                        "cli")
                .whereLayer("model")
                .mayNotAccessAnyLayer()
                .whereLayer("random")
                .mayNotAccessAnyLayer()
                .whereLayer("datasets")
                .mayNotAccessAnyLayer()
                .whereLayer("kernels")
                .mayNotAccessAnyLayer()
                .whereLayer("pipeline")
                .mayOnlyAccessLayers("random", "datasets")
                .whereLayer("plan")
                .mayOnlyAccessLayers("model", "random")
                .whereLayer("backend")
                .mayOnlyAccessLayers("plan", "model", "pipeline", "random", "datasets")
                .ensureAllClassesAreContainedInArchitecture();
    }

    /** Backends do not know each other. */
    private static ArchRule backendsAreStrangers() {
        return slices().matching("dev.convoke.backend.(*)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency(alwaysTrue(), resideInAPackage("dev.convoke.backend.graph.."));
    }

    /** An oracle that shares code with what it judges shares its faults. */
    @Test
    void theOracleSharesNothingWithTheDevices() {
        noClasses()
                .that()
                .resideInAPackage("dev.convoke.backend.reference..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.convoke.backend.graph..")
                .check(CLASSES);
    }

    @Test
    void arrowsPointOneWay() {
        layers().check(CLASSES);
    }

    @Test
    void anArrowThatPointsUpIsFound() {
        assertFinds(PlantedUpwardArrow.class, layers());
    }

    @Test
    void aClassOutsideOfAllLayersIsFound() {
        assertFinds(PlantedStray.class, layers());
    }

    @Test
    void backendsDoNotKnowEachOther() {
        backendsAreStrangers().check(CLASSES);
    }

    @Test
    void aBackendThatKnowsAnotherIsFound() {
        assertFinds(PlantedNeighbor.class, backendsAreStrangers());
    }

    private static void assertFinds(Class<?> planted, ArchRule rule) {
        AssertionError found = assertThrows(AssertionError.class, () -> rule.check(Planted.CLASSES));
        assertTrue(String.valueOf(found.getMessage()).contains(planted.getName()), found.getMessage());
    }

    /** All classes and the planted ones, each of which breaks one rule. */
    private static final class Planted {
        private static final Set<String> FILES = Stream.of(
                        PlantedUpwardArrow.class, PlantedStray.class, PlantedNeighbor.class)
                .map(planted -> "/" + planted.getName().replace('.', '/') + ".class")
                .collect(Collectors.toSet());
        private static final JavaClasses CLASSES = new ClassFileImporter()
                .withImportOption(location -> MAIN.includes(location)
                        || FILES.stream().anyMatch(location.asURI().toString()::endsWith))
                .importPackages("dev.convoke");
    }

    @Test
    void onlyTheNativeBackendsAndWhatTheyShareKnowOurKernels() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "dev.convoke.backend.cpu..",
                        "dev.convoke.backend.cuda..",
                        "dev.convoke.backend.graph..",
                        "dev.convoke.kernels..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.convoke.kernels..")
                .check(CLASSES);
    }

    /** The vendor's calls are walled into few files; the look for CUDA touches each library once. */
    @ParameterizedTest
    @CsvSource({"cudart, CudaRuntime", "cudnn, Cudnn", "cublas, Cublas"})
    void callsIntoAVendorsLibraryStandInFewFiles(String library, String wall) {
        noClasses()
                .that()
                .haveSimpleNameNotStartingWith(wall)
                .and()
                .doNotHaveSimpleName("NativeCudaMachine")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.bytedeco.cuda.global." + library)
                .check(CLASSES);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("dev.convoke.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void onlyTheCpuBackendKnowsOneDnn() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.convoke.backend.cpu..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.bytedeco.dnnl..")
                .check(CLASSES);
    }

    @Test
    void onlyTheCudaBackendKnowsCuda() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.convoke.backend.cuda..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.bytedeco.cuda..")
                .check(CLASSES);
    }

    /** Who uses the library gets no parser of YAML, and no command line. */
    @Test
    void onlyStudiesKnowYamlAndOnlyTheCommandLineKnowsPicocli() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.convoke.sweep..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.snakeyaml..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.convoke.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .check(CLASSES);
    }

    @Test
    void nobodyDeserializesObjects() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.ObjectInputStream")
                .check(CLASSES);
    }
}

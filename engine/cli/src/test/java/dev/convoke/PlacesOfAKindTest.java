package dev.convoke;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.convoke.model.Add;
import dev.convoke.model.Concatenate;
import dev.convoke.model.GlobalAveragePooling;
import dev.convoke.model.GlobalMaxPooling;
import dev.convoke.model.Layer;
import dev.convoke.model.Loss;
import dev.convoke.model.Optimizer;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How many files of the main code know a layer, a loss or an optimizer by its name: what adding another one touches, besides
 * its kernels. All else asks the layer, the loss or the optimizer itself.
 */
class PlacesOfAKindTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("dev.convoke");

    // Its record, the list of all layers, the oracle's two passes, what the two backends make of it.
    private static final int PLACES_OF_A_LAYER = 6;

    // Its record in the list of all, the oracle, what the two backends' kernels are told, for an optimizer its arrays.
    private static final int PLACES_OF_A_LOSS_OR_AN_OPTIMIZER = 4;

    // Not needed by a new layer: patterns of layers that a backend may run as one, the cases that doctor --verify runs,
    // and a short way to write it, as Network.add takes any layer.
    private static final Set<String> BY_CHOICE =
            Set.of("dev.convoke.plan.GroupFinder", "dev.convoke.parity.ParityCases", "dev.convoke.Network");

    static Stream<Class<?>> layers() {
        return Stream.of(Add.class, Concatenate.class, GlobalAveragePooling.class, GlobalMaxPooling.class);
    }

    // All but the two that are taken where nothing is named, which other rooms therefore name.
    static Stream<Class<?>> lossesAndOptimizers() {
        return Stream.of(Loss.class, Optimizer.class)
                .flatMap(all -> Arrays.stream(all.getPermittedSubclasses()))
                .filter(kind -> kind != Loss.SoftmaxCrossEntropy.class && kind != Optimizer.Sgd.class);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aLayerIsNamedInSixFilesAtMost(Class<?> layer) {
        Set<String> places = places(layer);
        places.removeAll(BY_CHOICE);
        assertTrue(places.contains(Layer.class.getName()), places + " lacks the list of all layers");
        assertTrue(places.size() <= PLACES_OF_A_LAYER, layer.getSimpleName() + " is named in " + places);
    }

    @ParameterizedTest
    @MethodSource("lossesAndOptimizers")
    void aLossOrAnOptimizerIsNamedInFourFilesAtMost(Class<?> kind) {
        Set<String> places = places(kind);
        places.removeAll(BY_CHOICE);
        assertTrue(places.size() >= 3, "only " + places);
        assertTrue(places.size() <= PLACES_OF_A_LOSS_OR_AN_OPTIMIZER, kind.getSimpleName() + " is named in " + places);
    }

    /** The count itself: of what everything names it finds many. */
    @Test
    void aKindThatEveryRoomKnowsIsFound() {
        assertTrue(places(Layer.class).size() > 20, places(Layer.class) + " are too few");
        assertEquals(Set.of(), places(PlacesOfAKindTest.class), "a test is not of the main code");
    }

    /** The files, as their outermost classes, that name a class, its own among them. */
    private static Set<String> places(Class<?> kind) {
        Set<String> places = new TreeSet<>();
        if (!CLASSES.contain(kind)) {
            return places;
        }
        places.add(file(CLASSES.get(kind)));
        for (JavaClass each : CLASSES) {
            for (Dependency dependency : each.getDirectDependenciesFromSelf()) {
                if (dependency.getTargetClass().isEquivalentTo(kind)) {
                    places.add(file(each));
                }
            }
        }
        return places;
    }

    private static String file(JavaClass kind) {
        return kind.getName().replaceAll("\\$.*", "");
    }
}

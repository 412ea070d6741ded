package dev.convoke.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.model.Convolution;
import dev.convoke.model.Dense;
import dev.convoke.model.Flatten;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Layer;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Padding;
import dev.convoke.model.Penalty;
import dev.convoke.peers.Workload;
import dev.convoke.plan.Plan;
import dev.convoke.plan.PlanCompiler;
import dev.convoke.plan.Precision;
import dev.convoke.sweep.ModelBuilder;
import dev.convoke.sweep.Suites;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models survive their translation for the peers. */
class NetworksTest {
    private static final ImageShape MNIST = new ImageShape(1, 28, 28);

    @ParameterizedTest
    @ValueSource(strings = {"base-adam", "batch-norm", "four-blocks", "two-blocks"})
    void theReportsNetworksComeBackAsTheyWere(String run) {
        ModelSpec model =
                ModelBuilder.build(run, Suites.ofRun(run).run(run).orElseThrow().settings(), MNIST, 10);
        Plan plan = PlanCompiler.compile(model, 1, Precision.FLOAT32);
        Workload workload = new Workload(
                run, Networks.layers(plan), List.of(), 1, 28, 28, new byte[784], new byte[1], 10, 0.001f, new byte[0]);
        assertEquals(model, Networks.model(workload));
    }

    @Test
    void aLayerThatPeersDoNotHaveIsRefused() {
        List<Layer> layers = List.of(
                new Convolution("wide", 4, 3, 2, Padding.VALID, Penalty.NONE),
                new Flatten("flatten"),
                new Dense("logits", 10, Penalty.NONE));
        Plan plan = PlanCompiler.compile(new ModelSpec("strided", MNIST, 10, layers, 0), 1, Precision.FLOAT32);
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> Networks.layers(plan));
        assertTrue(refused.getMessage().contains("wide"), refused.getMessage());
    }
}

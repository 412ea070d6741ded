package dev.convoke.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.Dense;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Layer;
import dev.convoke.model.Loss;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Node;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Schedule;
import dev.convoke.model.UpdateRule;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.train.EarlyStopping;
import dev.convoke.train.Plateau;
import dev.convoke.train.Validation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuiteReaderTest {
    private static final String HEAD = "convoke: 1\nname: mine\n";

    private static Suite read(String text) {
        return SuiteReader.read("mine.yaml", HEAD + text);
    }

    private static RunSettings run(String parameters) {
        return read("runs:\n  - {name: a, " + parameters + "}\n").runs().get(0).settings();
    }

    private static String refusal(String text) {
        String message =
                assertThrows(ConfigurationException.class, () -> read(text)).getMessage();
        assertEquals(1, message.lines().count(), message);
        assertTrue(message.startsWith("mine.yaml"), message);
        return message;
    }

    @Test
    void aRunIsTheBaseWithItsOwnParametersOnTop() {
        Suite suite = read("""
                title: Mine
                base: {epochs: 3, dropout: 0.2}
                runs:
                  - name: a
                  - {name: b, dropout: none, title: B, notes: [first, second]}
                """);
        assertEquals("Mine", suite.title());
        assertEquals("mnist", suite.dataset());
        assertEquals(
                List.of("a", "b"), suite.runs().stream().map(Suite.Run::name).toList());
        assertEquals(3, suite.runs().get(1).settings().training().epochs());
        assertEquals(0.2, suite.runs().get(0).given().get("dropout"));
        assertEquals("none", suite.runs().get(1).given().get("dropout"));
        assertEquals(List.of("first", "second"), suite.runs().get(1).notes());
        assertEquals(64, suite.digest().length());
    }

    @Test
    void aDottedKeyChangesOneEntryOfAMap() {
        Suite suite = read("""
                base: {augmentation: {rotation: 20, zoom: 0.1, horizontal_flip: true}}
                runs: [{name: a, augmentation.horizontal_flip: false}]
                """);
        Augmentation augmentation = suite.runs().get(0).settings().training().augmentation();
        assertEquals(20, augmentation.rotation());
        assertEquals(0.9, augmentation.zoomLow());
        assertEquals(1.1, augmentation.zoomHigh());
        assertTrue(!augmentation.horizontalFlip());
    }

    @Test
    void aGridGivesEveryCombination() {
        Suite suite = read("grid: {dropout: [0.1, none], optimizer: [sgd, {name: adam, beta1: 0.8}]}\n");
        assertEquals(
                List.of(
                        "dropout=0.1,optimizer=sgd",
                        "dropout=0.1,optimizer=adam-0.8",
                        "dropout=none,optimizer=sgd",
                        "dropout=none,optimizer=adam-0.8"),
                suite.runs().stream().map(Suite.Run::name).toList());
        assertEquals(
                new Optimizer.Adam(0.8, 0.999, 1e-7),
                suite.runs().get(3).settings().training().optimizer());
    }

    private static List<String> names(String generator) {
        return read(generator).runs().stream().map(Suite.Run::name).toList();
    }

    @Test
    void generatedNamesShowNumbersAsPeopleWriteThem() {
        assertEquals(
                List.of("learning_rate=0.0003", "learning_rate=0.00001", "learning_rate=1E-30", "learning_rate=2"),
                names("grid: {learning_rate: [3e-4, 0.00001, 1e-30, 2.0]}"));
    }

    @Test
    void generatedNamesShowWhatIsInAMapOrAListWhereItTellsThemApart() {
        assertEquals(
                List.of("optimizer=sgd-0.9", "optimizer=sgd-0.99"),
                names("grid: {optimizer: [{name: sgd, momentum: 0.9}, {name: sgd, momentum: 0.99}]}"));
        assertEquals(List.of("dense=64", "dense=128-64"), names("grid: {dense: [64, [128, 64]]}"));
        assertEquals(
                List.of("optimizer=1", "optimizer=2", "optimizer=adam"),
                names("grid: {optimizer: [{name: adamw, beta1: 0.8}, {name: adamw, beta2: 0.8}, adam]}"));
    }

    @Test
    void aGridWhoseNamesWouldBeTooLongLeavesOutWhatDoesNotVary() {
        String grid = """
                base: {augmentation: {rotation: 1}, early_stopping: {patience: 1}, optimizer: {name: adam}}
                grid:
                  augmentation.rotation: [12.345678901234567]
                  augmentation.width_shift: [0.123456789012, 0.5]
                  augmentation.height_shift: [0.12345678901234567]
                  early_stopping.min_delta: [0.00012345678901234]
                  optimizer.beta1: [0.90000000001]
                  learning_rate: [0.00100000001, 0.002]
                """;
        assertEquals(
                List.of(
                        "width_shift=0.123456789012,learning_rate=0.00100000001",
                        "width_shift=0.123456789012,learning_rate=0.002",
                        "width_shift=0.5,learning_rate=0.00100000001",
                        "width_shift=0.5,learning_rate=0.002"),
                names(grid));
    }

    @Test
    void aGridWhoseNamesAreTooLongAllTheSameIsRefused() {
        StringBuilder grid = new StringBuilder("base: {augmentation: {rotation: 1}}\ngrid:\n");
        for (String key : List.of("rotation", "width_shift", "height_shift", "shear", "zoom")) {
            grid.append("  augmentation.").append(key).append(": [0.1234567890123456, 0.2]\n");
        }
        refuses(grid.toString(), "characters, more than 100; name such runs yourself under 'runs'");
    }

    @Test
    void shiftsInPixelsAndZoomsInPercentAreRefused() {
        refuses("runs: [{name: a, augmentation: {width_shift: 2}}]", "width_shift is a share of the width, below 1");
        refuses("runs: [{name: a, augmentation: {height_shift: 1}}]", "2 pixels of 28 are 0.0714");
        refuses("runs: [{name: a, augmentation: {zoom: 20}}]", "a single number below 1");
    }

    private static void refuses(String text, String reason) {
        String message =
                assertThrows(ConfigurationException.class, () -> read(text)).getMessage();
        assertTrue(message.contains(reason), message);
        assertEquals(1, message.lines().count(), message);
    }

    @Test
    void aListTakesItsValuesSideBySide() {
        Suite suite = read("list: {optimizer: [sgd, adam], learning_rate: [0.1, 0.001]}\n");
        assertEquals(
                List.of("optimizer=sgd,learning_rate=0.1", "optimizer=adam,learning_rate=0.001"),
                suite.runs().stream().map(Suite.Run::name).toList());
        assertEquals(
                new Schedule.Constant(0.001),
                suite.runs().get(1).settings().training().schedule());
    }

    @Test
    void seedsAreACountAListOrEitherByDataset() {
        assertEquals(
                List.of(1L, 2L, 3L), read("seeds: 3\nruns: [{name: a}]").seeds().on("any"));
        assertEquals(
                List.of(4L, 9L),
                read("seeds: [4, 9]\nruns: [{name: a}]").seeds().on("any"));
        Seeds seeds =
                read("seeds: {default: 1, digits: [7, 8]}\nruns: [{name: a}]").seeds();
        assertEquals(List.of(7L, 8L), seeds.on("digits"));
        assertEquals(List.of(1L), seeds.on("mnist"));
    }

    @Test
    void validationIsTheTestSetANumberOrAShare() {
        assertInstanceOf(Validation.OnTest.class, read("runs: [{name: a}]").validation());
        assertEquals(
                new Validation.HeldOut(500),
                read("validation: {holdout: 500}\nruns: [{name: a}]").validation());
        assertEquals(
                10_000,
                read("validation: {holdout: 1/6}\nruns: [{name: a}]")
                        .validation()
                        .heldOut(60_000));
        assertEquals(
                new Validation.HeldOut(0.1),
                read("validation: {holdout: 0.1}\nruns: [{name: a}]").validation());
    }

    @Test
    void optimizersTakeTheirConstants() {
        assertEquals(Optimizer.Adam.DEFAULT, run("optimizer: adam").training().optimizer());
        assertEquals(
                Optimizer.RmsProp.DEFAULT, run("optimizer: rmsprop").training().optimizer());
        assertEquals(Optimizer.AdamW.DEFAULT, run("optimizer: adamw").training().optimizer());
        assertEquals(
                new Optimizer.Sgd(0.9, true),
                run("optimizer: {name: sgd, momentum: 0.9, nesterov: true}")
                        .training()
                        .optimizer());
    }

    @Test
    void schedulesStartFromTheLearningRate() {
        assertEquals(
                new Schedule.Constant(0.5), run("learning_rate: 0.5").training().schedule());
        assertEquals(
                new Schedule.Step(0.001, 5, 0.5),
                run("schedule: {name: step, epochs: 5, factor: 0.5}").training().schedule());
        assertEquals(
                new Schedule.Exponential(0.001, 0.9),
                run("schedule: {name: exponential, decay: 0.9}").training().schedule());
        assertEquals(
                new Schedule.Cosine(0.001, 0),
                run("schedule: cosine").training().schedule());
        assertEquals(
                new Schedule.OneCycle(0.001, 0.3, 25, 1e4),
                run("schedule: one_cycle").training().schedule());
        assertEquals(
                new Schedule.WarmUp(100, new Schedule.Cosine(0.001, 0)),
                run("schedule: {name: warm_up, steps: 100, then: cosine}")
                        .training()
                        .schedule());
    }

    @Test
    void earlyStoppingTakesItsTerms() {
        EarlyStopping stopping = run("early_stopping: {patience: 4, monitor: val_accuracy, min_delta: 0.01}")
                .training()
                .earlyStopping()
                .orElseThrow();
        assertEquals(new EarlyStopping(EarlyStopping.Monitor.VAL_ACCURACY, 4, 0.01, false), stopping);
    }

    @Test
    void aRunMayStopAtATargetWithoutAnyPatience() {
        EarlyStopping stopping = run("early_stopping: {monitor: val_accuracy, target: 0.99, from_epoch: 2}")
                .training()
                .earlyStopping()
                .orElseThrow();
        assertEquals(OptionalInt.empty(), stopping.patience());
        assertEquals(OptionalDouble.of(0.99), stopping.target());
        assertEquals(2, stopping.fromEpoch());
    }

    @Test
    void aPlateauTakesKerasDefaults() {
        assertEquals(
                Optional.of(new Plateau(EarlyStopping.Monitor.VAL_LOSS, 0.1, 10, 1e-4, 0, 0)),
                run("plateau: {}").training().plateau());
        assertEquals(Optional.empty(), run("plateau: none").training().plateau());
    }

    @Test
    void updatesTakeTheirTerms() {
        assertEquals(
                UpdateRule.of(Optimizer.Adam.DEFAULT),
                run("epochs: 1").training().rule());
        assertEquals(
                new UpdateRule(
                        new Optimizer.RmsProp(0.9, 0, 1e-7, Optimizer.RmsProp.Version.KERAS),
                        new UpdateRule.Clipping(0, 2),
                        4,
                        0.99),
                run("optimizer: {name: rmsprop, version: keras}, clipping: {norm: 2}, accumulation: 4, averaging: 0.99")
                        .training()
                        .rule());
    }

    @Test
    void aLossTakesTheSmoothingOfItsMapOrTheRunsOwn() {
        assertEquals(
                Loss.SoftmaxCrossEntropy.of(7, 0.1),
                run("label_smoothing: 0.1").loss().apply(7));
        assertEquals(
                new Loss.SigmoidCrossEntropy(7, 0.2, List.of()),
                run("label_smoothing: 0.1, loss: {name: sigmoid_cross_entropy, label_smoothing: 0.2}")
                        .loss()
                        .apply(7));
        assertEquals(
                List.of(1.0, 2.0),
                ((Loss.SoftmaxCrossEntropy) run("loss: {name: softmax_cross_entropy, class_weights: [1, 2]}")
                                .loss()
                                .apply(2))
                        .classWeights());
        assertEquals(
                new Loss.MeanSquaredError(3),
                run("loss: mean_squared_error").loss().apply(3));
    }

    @Test
    void whatNobodyGaveStandsInNoResult() {
        Map<String, Object> given =
                read("runs: [{name: a, epochs: 2}]").runs().get(0).given();
        assertEquals(
                List.of(
                        "blocks",
                        "dense",
                        "activation",
                        "dropout",
                        "l1",
                        "l2",
                        "batch_norm",
                        "label_smoothing",
                        "optimizer",
                        "learning_rate",
                        "schedule",
                        "epochs",
                        "batch_size",
                        "augmentation",
                        "early_stopping"),
                List.copyOf(given.keySet()));
    }

    @Test
    void aLayerReadsThoseThatItNames() {
        Suite suite = read("""
                runs:
                  - name: a
                    layers:
                      - {type: convolution, filters: 8, padding: same, name: first}
                      - {type: activation, function: relu}
                      - {type: convolution, filters: 8, padding: same}
                      - {type: add, from: [first, convolution3]}
                      - {type: global_average_pooling}
                      - {type: dense, units: classes}
                """);
        ModelSpec model = ModelBuilder.build("a", suite.runs().get(0).settings(), new ImageShape(1, 6, 9), 3);
        assertEquals(List.of("first", "convolution3"), model.nodes().get(3).from());
        assertEquals(List.of(), model.nodes().get(4).from());
    }

    @Test
    void erasingAndElasticDistortionTakeTheirTerms() {
        Augmentation augmentation =
                run("augmentation: {center: exact, erasing: {probability: 0.2, area: [0.1, 0.2]}, elastic: {alpha: 8}}")
                        .training()
                        .augmentation();
        assertEquals(Augmentation.Center.EXACT, augmentation.center());
        assertEquals(0.2, augmentation.erasing().probability());
        assertEquals(0.1, augmentation.erasing().areaLow());
        assertEquals(new Augmentation.Elastic(8, 4), augmentation.elastic());
    }

    @Test
    void layersDescribeAWholeNetwork() {
        Suite suite = read("""
                runs:
                  - name: a
                    layers:
                      - {type: convolution, name: c, filters: 8, kernel: 5, stride: 2, padding: same, l2: 0.01}
                      - {type: activation, function: gelu}
                      - {type: average_pooling}
                      - {type: batch_norm}
                      - {type: flatten}
                      - {type: dropout, rate: 0.1}
                      - {type: dense, units: classes}
                """);
        RunSettings settings = suite.runs().get(0).settings();
        List<Layer> layers = ModelBuilder.nodes(settings.network(), 7).stream()
                .map(Node::layer)
                .toList();
        assertEquals(
                List.of("c", "activation2", "average_pooling3", "batch_norm4", "flatten5", "dropout6", "dense7"),
                layers.stream().map(Layer::name).toList());
        assertEquals(ActivationFunction.GELU, ((Activation) layers.get(1)).function());
        assertEquals(7, ((Dense) layers.get(6)).units());
        assertTrue(!suite.runs().get(0).given().containsKey("blocks"));
    }

    @Test
    void overridesComeOnTopOfEveryRun() {
        Suite suite = read("base: {epochs: 9}\nruns: [{name: a}, {name: b, epochs: 2}]\n");
        Suite changed = suite.with(Map.of("epochs", 1, "optimizer", Map.of("name", "sgd", "momentum", 0.5)));
        assertEquals(
                List.of(1, 1),
                changed.runs().stream()
                        .map(run -> run.settings().training().epochs())
                        .toList());
        assertEquals(
                new Optimizer.Sgd(0.5, false),
                changed.runs().get(0).settings().training().optimizer());
        String message = assertThrows(ConfigurationException.class, () -> suite.with(Map.of("epoch", 1)))
                .getMessage();
        assertEquals("command line: epoch: unknown key; did you mean 'epochs'?", message);
    }

    @Test
    void oneRunIsCutOutTogetherWithThoseThatItContinues() {
        Suite suite = read("runs: [{name: c, start_from: b}, {name: a}, {name: b}]\n");
        assertEquals(
                List.of("c", "b"),
                suite.only("c").runs().stream().map(Suite.Run::name).toList());
        String message = assertThrows(ConfigurationException.class, () -> suite.only("bb"))
                .getMessage();
        assertTrue(message.contains("has no run 'bb'"), message);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            runs: [{name: a, optimiser: sgd}]                      | mine.yaml:3: runs[0].optimiser: unknown key; did you mean 'optimizer'?
            rums: [{name: a}]                                      | mine.yaml:3: rums: unknown key; did you mean 'runs'?
            runs: [{name: a, optimizer: adm}]                      | runs[0].optimizer: unknown value 'adm'; did you mean 'adam'?
            runs: [{name: a, optimizer: {name: adam, beta: 1}}]    | runs[0].optimizer.beta: unknown key; did you mean 'beta1'?
            runs: [{name: a, optimizer: {name: sgd, rho: 1}}]      | runs[0].optimizer.rho: unknown key
            runs: [{name: a, optimizer: {name: adam, beta1: 2}}]   | runs[0].optimizer: beta1 must be in [0, 1), not 2.0
            runs: [{name: a, schedule: step}]                      | runs[0].schedule: 'step' needs 'epochs'; write {name: step, epochs: ...}
            runs: [{name: a, epochs: 1.5}]                         | runs[0].epochs: expected a whole number from 1 to 100000, found '1.5'
            runs: [{name: a, epochs: 0}]                           | runs[0].epochs: expected a whole number from 1
            runs: [{name: a, learning_rate: fast}]                 | runs[0].learning_rate: expected a number, found 'fast'
            runs: [{name: a, learning_rate: 0}]                    | runs[0].learning_rate: must be positive
            runs: [{name: a, dropout: 1}]                          | runs[0].dropout: must be in [0, 1), or be none, not 1.0
            runs: [{name: a, dropout: }]                           | runs[0].dropout: expected a number, found nothing
            runs: [{name: a, blocks: [{filter: 3}]}]               | runs[0].blocks[0].filter: unknown key; did you mean 'filters'?
            runs: [{name: a, blocks: [{filters: 3, padding: full}]}] | runs[0].blocks[0].padding: unknown value 'full'; valid are same, valid
            runs: [{name: a, l1: {rate: 0.1, layers: [conv9]}}]    | runs[0].l1: no layer 'conv9' has a kernel; did you mean 'conv1'?
            runs: [{name: a, l2: -1}]                              | runs[0].l2: penalties must be finite and not negative
            runs: [{name: a, augmentation: {rotate: 3}}]           | runs[0].augmentation.rotate: unknown key; did you mean 'rotation'?
            runs: [{name: a, augmentation: {zoom: [1, 2, 3]}}]     | runs[0].augmentation.zoom: expected two numbers
            runs: [{name: a, augmentation.zoom: 1}]                | 'augmentation' has no entries to change
            runs: [{name: a, early_stopping: {monitor: loss}}]     | unknown value 'loss'
            runs: [{name: a, early_stopping: {}}]                  | runs[0].early_stopping: needs 'patience'
            runs: [{name: a, batch_norm: everywhere}]              | runs[0].batch_norm: unknown value 'everywhere'
            runs: [{name: a, label_smoothing: 1}]                  | runs[0].label_smoothing: must be in [0, 1)
            runs: [{name: a, layers: [{type: flatten}], dropout: 0.5}] | 'dropout' cannot be combined with 'layers'
            runs: [{name: a, layers: [{type: conv}]}]              | runs[0].layers[0].type: unknown value 'conv'
            runs: [{name: a, layers: [{type: dropout, rate: 2}]}]  | runs[0].layers[0]: dropout1: dropout rate must be in [0, 1), not 2.0
            runs: [{name: a, layers: [{type: flatten, name: x}, {type: dense, name: x, units: 10}]}] | two layers are named 'x'
            runs: [{name: a, layers: [{type: flatten, name: optimizer}]}] | 'optimizer' cannot name a layer
            runs: [{name: a, layers: [{type: flatten, from: x}]}]  | runs[0].layers[0].from: no layer before this one is named 'x'; valid are input
            runs: [{name: a, layers: [{type: flatten}, {type: add, from: flatten1}]}] | runs[0].layers[1]: joins two layers or more
            runs: [{name: a, layers: [{type: flatten}, {type: dense, units: 3, from: [input, flatten1]}]}] | reads one layer, not 2; join them
            runs: [{name: a, layers: [{type: convolution, filter: 3}]}] | runs[0].layers[0].filter: unknown key; did you mean 'filters'?
            runs: [{name: a, layers: [{type: convolution}]}]       | runs[0].layers[0]: 'convolution' needs 'filters'
            runs: [{name: a, layers: [{type: flatten, size: 2}]}]  | runs[0].layers[0].size: unknown key; valid are type, name, from
            runs: [{name: a, layers: [{type: convolution, filters: 3, padding: [1, 2]}]}] | padding: expected one number or four
            runs: [{name: a, loss: hubr}]                          | runs[0].loss: unknown value 'hubr'; did you mean 'huber'?
            runs: [{name: a, loss: huber, label_smoothing: 0.1}]   | runs[0].label_smoothing: the loss huber smooths no labels
            runs: [{name: a, loss: {name: huber, delta: 0}}]       | runs[0].loss: delta must be positive
            runs: [{name: a, loss: {name: mean_squared_error, class_weights: [1]}}] | class_weights: unknown key
            runs: [{name: a, clipping: {norm: 0}}]                 | runs[0].clipping: needs 'value' or 'norm' above 0
            runs: [{name: a, clipping: {value: 1, norm: 1}}]       | clip by value or by norm, not by both
            runs: [{name: a, averaging: 1}]                        | runs[0].averaging: must be in (0, 1), or be none
            runs: [{name: a, plateau: {factor: 2}}]                | runs[0].plateau: factor must be in (0, 1)
            runs: [{name: a, plateau: {waits: 2}}]                 | runs[0].plateau.waits: unknown key
            runs: [{name: a, early_stopping: {target: 0.1, baseline: 1}}] | a baseline needs a patience
            runs: [{name: a, loss: huber, early_stopping: {patience: 2, monitor: train_accuracy}}] | runs[0].early_stopping: the loss huber does not count train_accuracy
            runs: [{name: a, optimizer: {name: rmsprop, version: pytorch}}] | valid are tensorflow, keras
            runs: [{name: a}, {name: a}]                           | two runs are named 'a'
            runs: [{name: a/b}]                                    | runs[0].name: 'a/b' cannot name a folder
            runs: [{name: ..}]                                     | runs[0].name: '..' cannot name a folder
            runs: [{title: a}]                                     | runs[0]: needs a 'name'
            runs: [{name: a, start_from: b}]                       | run 'a' starts from 'b', which is not a run
            runs: [{name: a, start_from: a}]                       | run 'a' starts, in the end, from itself
            runs: [{name: a, start_from: b, dense: 5}, {name: b}]  | run 'a' starts from 'b', whose network has other weights
            runs: []                                               | needs one to 1000 runs
            seeds: 0                                               | seeds: expected a whole number from 1 to 1000
            seeds: {digits: 3}                                     | seeds: needs 'default'
            grid: {drop: [0.1]}                                    | grid.drop: unknown key
            grid: {dropout: 0.1}                                   | grid.dropout: expected a list
            list: {dropout: [0.1], epochs: [1, 2]}                 | list.epochs: has 2 values where others have 1
            name: other                                            | name: is given twice
            """)
    void whatCannotBeIsRefusedWithFileLineAndKey(String text, String reason) {
        String complete = text.startsWith("runs") || text.startsWith("grid") || text.startsWith("list")
                ? text
                : text + "\nruns: [{name: a}]";
        assertTrue(refusal(complete).contains(reason), () -> refusal(complete));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {holdout: 0}     | holdout must be a number of images or a share below 1
            {holdout: 1.5}   | holdout must be a number of images or a share below 1
            {holdout: 1/0}   | holdout must be a number of images or a share below 1
            {holdout: a/b}   | expected a number of images or a share such as 0.1 or 1/6
            train            | unknown value 'train'
            {hold: 3}        | did you mean 'holdout'?
            """)
    void aValidationThatCannotBeIsRefused(String validation, String reason) {
        String message = refusal("validation: " + validation + "\nruns: [{name: a}]");
        assertTrue(message.contains(reason), message);
    }

    @Test
    void anotherVersionOfTheFormIsRefused() {
        String message = assertThrows(
                        ConfigurationException.class,
                        () -> SuiteReader.read("x.yaml", "convoke: 2\nname: a\nruns: [{name: a}]"))
                .getMessage();
        assertTrue(message.startsWith("x.yaml:1: convoke: expected a whole number from 1 to 1"), message);
    }

    @Test
    void aFileThatUnfoldsWithoutEndIsRefused() {
        StringBuilder text = new StringBuilder("title: t\nruns:\n  - &a0 {name: a}\n");
        for (int i = 1; i < 40; i++) {
            text.append("  - &a")
                    .append(i)
                    .append(" [*a")
                    .append(i - 1)
                    .append(", *a")
                    .append(i - 1)
                    .append("]\n");
        }
        assertTrue(refusal(text.toString()).contains("mine.yaml"));
        assertTrue(refusal("runs: " + "[".repeat(200) + "]".repeat(200)).contains("mine.yaml"));
        assertTrue(refusal("runs: &r [*r]").contains("mine.yaml"));
    }

    @Test
    void whatIsNoYamlAtAllIsRefusedWithItsLine() {
        assertTrue(refusal("runs: [\n  {name: a").startsWith("mine.yaml:"));
        assertTrue(refusal("runs: !!java.util.Date 2020").contains("tag"));
    }

    @Test
    void theCommandLineSaysWhatIsValidatedOn() {
        assertEquals(new Validation.OnTest(), SuiteReader.validation("test"));
        assertEquals(new Validation.OwnPart(), SuiteReader.validation("own"));
        assertEquals(new Validation.Auto(), SuiteReader.validation("auto"));
        assertEquals(new Validation.HeldOut(500), SuiteReader.validation("500"));
        assertEquals(new Validation.HeldOut(0.1), SuiteReader.validation("0.1"));
        assertEquals(new Validation.HeldOut(1 / 6.0), SuiteReader.validation("1/6"));
        ConfigurationException refused =
                assertThrows(ConfigurationException.class, () -> SuiteReader.validation("tset"));
        assertTrue(refused.getMessage().contains("did you mean 'test'?"), refused.getMessage());
        assertThrows(ConfigurationException.class, () -> SuiteReader.validation("0"));
    }
}

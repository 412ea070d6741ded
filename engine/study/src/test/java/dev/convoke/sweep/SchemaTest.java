package dev.convoke.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.settings.ConfigurationException;
import dev.convoke.train.Json;
import dev.harrel.jsonschema.Validator;
import dev.harrel.jsonschema.ValidatorFactory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaTest {
    private static final ValidatorFactory FACTORY = new ValidatorFactory().withJsonNodeFactory(new MapNode.Factory());

    private static Validator.Result validate(String schema, String json) {
        return FACTORY.validate(schema, json);
    }

    private static Validator.Result suite(String yaml) {
        return validate(
                Suites.suiteSchema(),
                Json.compact(YamlReader.read("suite", yaml).plain()));
    }

    private static void assertValid(Validator.Result result) {
        assertTrue(
                result.isValid(),
                () -> result.getErrors().stream()
                        .map(error -> error.getInstanceLocation() + " " + error.getError())
                        .toList()
                        .toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"report", "report-as-described", "report-sound", "zoo"})
    void everyBuiltInSuiteIsValid(String name) {
        assertValid(suite(Suites.load(name).text()));
    }

    @Test
    void aSuiteOfEverythingIsValidAndRead() {
        String yaml = """
                convoke: 1
                name: all
                title: All
                description: Everything that a suite can say.
                dataset: fashion-mnist
                validation: {holdout: 1/6}
                seeds: {default: [3, 4], digits: 2}
                base:
                  blocks: [{filters: 4}, {filters: 8, kernel: 5, padding: same}]
                  dense: [16, 8]
                  activation: {name: leaky_relu, slope: 0.1}
                  l1: 0.001
                  l2: {rate: 0.01, layers: [conv1, logits]}
                  batch_norm: each_block
                  label_smoothing: 0.1
                  schedule: {name: warm_up, steps: 10, then: {name: step, epochs: 2, factor: 0.5}}
                  augmentation: {rotation: 3, zoom: [0.8, 1.2], erasing: {probability: 0.1}, elastic: {alpha: 2}}
                  early_stopping: {monitor: val_accuracy, patience: 3, min_delta: 0.001, restore_best: true}
                  loss: {name: softmax_cross_entropy, top_k: 3}
                  clipping: {norm: 1}
                  accumulation: 4
                  averaging: 0.999
                  plateau: {monitor: val_loss, factor: 0.5, patience: 2, min_delta: 0, cooldown: 1, minimum: 1.0e-5}
                runs:
                  - {name: a, notes: [one], optimizer: {name: sgd, momentum: 0.9, nesterov: true}}
                  - {name: b, start_from: a, augmentation.rotation: 9}
                  - name: c
                    loss: {name: sigmoid_cross_entropy, label_smoothing: 0.2}
                    clipping: {value: 0.5}
                    averaging: none
                    plateau: none
                    early_stopping: {target: 0.1, from_epoch: 2}
                    optimizer: {name: rmsprop, version: keras}
                    layers:
                      - {type: convolution, filters: 8, kernel: [3, 1], stride: [1, 2], dilation: 2, padding: [1, 0, 1, 0], groups: 2, bias: false}
                      - {type: depthwise_convolution, multiplier: 2, padding: same, frozen: true, rate_factor: 0.5}
                      - {type: batch_norm, scale: false, shift: false, running_variance: biased}
                      - {type: activation, function: relu, name: left}
                      - {type: convolution, filters: 16, padding: same, from: batch_norm3, weight_decay: false}
                      - {type: add, from: [left, convolution5]}
                      - {type: concatenate, from: [left, add6]}
                      - {type: max_pooling, size: [2, 1]}
                      - {type: global_average_pooling}
                      - {type: dense, units: classes, bias: false}
                  - {name: d, loss: huber, label_smoothing: 0, early_stopping.baseline: 0.5}
                  - {name: e, loss: {name: huber, delta: 2}, label_smoothing: 0, optimizer: {name: adamw, decays: all}}
                  - {name: f, loss: mean_squared_error, label_smoothing: 0}
                grid: {dropout: [none, 0.5], optimizer: [adamw]}
                list: {learning_rate: [0.1, 0.2], schedule: [cosine, {name: exponential, decay: 0.5}]}
                claims:
                  - id: C1
                    text: Everything that a claim can say.
                    remark: A remark.
                    tests:
                      - difference: {higher: a, than: b, metric: test_accuracy, size: 0.01}
                      - difference: {lower: a, than: b, metric: val_loss, at_least: 0.1}
                      - ordering: {best_first: [a, b, c]}
                      - best: {run: a, of: [b, c], metric: train_loss}
                      - equivalence: {runs: [a, b], margin: 0.002}
                      - overfitting: {run: a, epochs: [2]}
                  - {id: C2, text: Cannot be judged., not_tested: Because.}
                published:
                  name: paper
                  dataset: digits
                  digest: "00"
                  validation: test
                  values: {a: {val_accuracy: 0.9}}
                tables: [{title: One, rows: [{label: the a, run: a, val_loss: 0.1, notes: [1]}]}]
                figures:
                  - {title: Networks, form: architecture}
                  - {title: Curves, form: curves, runs: [a, b], caption: Words., notes: [1]}
                  - {title: Panels, form: panels, runs: [a, b]}
                  - {title: Overfitting, form: overfitting, runs: [a], epochs: [2]}
                notes: {title: Notes, word: note, lead: Words., items: [one, {text: two, scope: all}]}
                """;
        assertValid(suite(yaml));
        assertEquals(10, SuiteReader.read("all.yaml", yaml).runs().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "runs: [{name: a, optimiser: sgd}]",
                "runs: [{name: a, optimizer: adm}]",
                "runs: [{name: a, optimizer: {name: adam, rho: 0.9}}]",
                "runs: [{name: a, epochs: 0}]",
                "runs: [{name: a, dropout: 1}]",
                "runs: [{name: a, layers: [{type: conv}]}]",
                "runs: [{name: a, augmentation: {rotate: 3}}]",
                "runs: [{name: a, loss: hinge}]",
                "runs: [{name: a, loss: {name: huber, top_k: 2}}]",
                "runs: [{name: a, clipping: {value: 1, norm: 1}}]",
                "runs: [{name: a, accumulation: 0}]",
                "runs: [{name: a, averaging: 1}]",
                "runs: [{name: a, plateau: {factor: 2}}]",
                "runs: [{name: a, early_stopping: {min_delta: 0}}]",
                "runs: [{name: a, layers: [{type: add}]}]",
                "runs: [{name: a, layers: [{type: dense, units: 3, kernel: 3}]}]",
                "runs: [{title: a}]",
                "validation: {holdout: 0}\nruns: [{name: a}]",
                "seeds: {digits: 3}\nruns: [{name: a}]",
                "title: no runs",
                "runs: [{name: a}]\nclaims: [{id: a, text: b}]",
                "runs: [{name: a}]\nclaims: [{id: a, tests: []}]",
                "runs: [{name: a}, {name: b}]\nclaims: [{id: a, text: b, tests: [{difference: {than: a}}]}]",
                "runs: [{name: a}, {name: b}]\nclaims: [{id: a, text: b, tests: [{worse: {run: a}}]}]",
                "runs: [{name: a}]\npublished: {name: paper}",
                "runs: [{name: a}]\nfigures: [{title: x, form: pie}]"
            })
    void theSchemaRefusesWhatTheReaderRefuses(String yaml) {
        String text = "convoke: 1\nname: x\n" + yaml;
        assertFalse(suite(text).isValid());
        assertThrows(ConfigurationException.class, () -> SuiteReader.read("x", text));
    }

    @Test
    void resultsWithEverythingAreValid() {
        assertValid(validate(Suites.resultsSchema(), ResultsJson.text(Results.sample())));
    }

    @Test
    void theResultsSchemaRefusesAnUnknownStatusAndAMissingKey() {
        String text = ResultsJson.text(Results.sample());
        assertFalse(validate(Suites.resultsSchema(), text.replace("\"done\"", "\"fine\""))
                .isValid());
        assertFalse(validate(Suites.resultsSchema(), text.replace("\"confusion\"", "\"confused\""))
                .isValid());
        assertFalse(validate(Suites.resultsSchema(), Json.compact(Map.of("schema", 1, "runs", List.of())))
                .isValid());
    }
}

package dev.convoke.bench;

import dev.convoke.backend.Backend;
import dev.convoke.backend.Execution;
import dev.convoke.backend.Execution.KernelChoice;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.Trace;
import dev.convoke.backend.TrialSpec;
import dev.convoke.backend.cpu.CpuBackend;
import dev.convoke.backend.reference.ReferenceBackend;
import dev.convoke.datasets.DataLocation;
import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.Datasets;
import dev.convoke.datasets.Progress;
import dev.convoke.model.ImageShape;
import dev.convoke.model.ModelSpec;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.plan.Precision;
import dev.convoke.plan.Program;
import dev.convoke.plan.Tensor;
import dev.convoke.sweep.ModelBuilder;
import dev.convoke.sweep.RunSettings;
import dev.convoke.sweep.Suites;
import java.util.Locale;
import java.util.Optional;

/**
 * How far a training step's tensors are from float64, with our kernels and with oneDNN's: one batch of 32 of the bundled
 * digits, from initial weights. Errors are root mean squares, relative to that of the tensor; those of a layer contain what
 * came with its input. Where two values of a pooling window are equal up to rounding, float64 may send the gradient to the
 * other one, in either column: so gradients are compared by their mean squares, not by their worst element.
 *
 * <pre>
 * mvn -B -DskipTests package
 * java -cp 'bench/target/classes:bench/target/lib/*' dev.convoke.bench.KernelErrors base-adam
 * </pre>
 */
public final class KernelErrors {
    private static final int BATCH = 32;

    private KernelErrors() {}

    /** @param args the report's runs to look at; {@code base-adam} if there are none */
    public static void main(String[] args) {
        for (String run : args.length == 0 ? new String[] {"base-adam"} : args) {
            print(run);
        }
    }

    private static void print(String run) {
        Trace exact = trace(run, new ReferenceBackend(), Precision.FLOAT64, KernelChoice.AUTO);
        Trace own = trace(run, new CpuBackend(), Precision.FLOAT32, KernelChoice.OWN);
        Trace library = trace(run, new CpuBackend(), Precision.FLOAT32, KernelChoice.LIBRARY);
        System.out.printf("%n%-32s %10s %10s%n", run, "ours", "oneDNN");
        print("activation of ", exact.activations(), own.activations(), library.activations());
        print("gradient of ", exact.activationGradients(), own.activationGradients(), library.activationGradients());
        print("gradient of ", exact.parameterGradients(), own.parameterGradients(), library.parameterGradients());
    }

    private static Trace trace(String run, Backend backend, Precision precision, KernelChoice kernels) {
        Dataset digits =
                Datasets.load("digits", DataLocation.of(Optional.empty(), DataLocation.Network.OFFLINE), Progress.NONE);
        RunSettings settings = Suites.run(run).settings();
        ModelSpec model = ModelBuilder.build(run, settings, new ImageShape(1, 28, 28), digits.classes());
        Program program = Program.compile(model, BATCH, digits.train().count(), precision);
        TrialSpec trial =
                new TrialSpec(1, settings.training().rule(), settings.training().schedule(), 1_000_000);
        try (Session session = backend.open(new SessionRequest(
                program, digits.train(), Augmentation.NONE, trial, new Execution(1, precision, kernels)))) {
            return session.trace(0, 0);
        }
    }

    // Backends expose only the tensors that they materialize: those that all three have are compared.
    private static void print(String what, NamedTensors exact, NamedTensors own, NamedTensors library) {
        for (String name : exact.names()) {
            if (own.names().contains(name) && library.names().contains(name) && !name.equals("input")) {
                Tensor wanted = exact.get(name);
                System.out.printf(
                        Locale.ROOT,
                        "%-32s %10.1e %10.1e%n",
                        what + name,
                        error(wanted, own.get(name)),
                        error(wanted, library.get(name)));
            }
        }
    }

    private static double error(Tensor wanted, Tensor got) {
        double squares = 0;
        double off = 0;
        for (int i = 0; i < wanted.values().length; i++) {
            double value = wanted.values()[i];
            double difference = got.values()[i] - value;
            squares += value * value;
            off += difference * difference;
        }
        return Math.sqrt(off / Math.max(squares, Double.MIN_NORMAL));
    }
}

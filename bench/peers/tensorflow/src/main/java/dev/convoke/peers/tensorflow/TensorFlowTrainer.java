package dev.convoke.peers.tensorflow;

import dev.convoke.peers.Peer;
import dev.convoke.peers.Workload;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.op.nn.SoftmaxCrossEntropyWithLogits;
import org.tensorflow.op.train.ApplyAdam;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Training steps: gradients that TensorFlow adds to the graph, and its own Adam. */
final class TensorFlowTrainer implements Peer.Trainer {
    private final Workload workload;
    private final TensorFlowNetwork network;
    private final Session session;
    private final Placeholder<TInt32> classes;
    private final Operand<TFloat32> loss;
    private final List<Op> updates = new ArrayList<>();
    private final float[] pixels;
    private final int[] labels;

    TensorFlowTrainer(Workload workload, ConfigProto configuration) {
        this.workload = workload;
        network = new TensorFlowNetwork(workload, TensorFlowNetwork.Mode.TRAINING);
        Ops tf = network.ops();
        classes = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(workload.batch())));
        // The form that takes classes as numbers has no gradient here.
        Operand<TFloat32> oneHot =
                tf.oneHot(classes, tf.constant(workload.classes()), tf.constant(1f), tf.constant(0f));
        SoftmaxCrossEntropyWithLogits<TFloat32> losses =
                SoftmaxCrossEntropyWithLogits.create(tf.scope(), network.logits(), oneHot);
        loss = tf.math.mean(losses.loss(), tf.constant(0));
        try {
            addUpdates(tf);
        } catch (TensorFlowException e) {
            throw new UnsupportedOperationException("TensorFlow does not differentiate it: " + e.getMessage(), e);
        }
        session = new Session(network.graph(), configuration);
        pixels = new float[workload.batch() * workload.height() * workload.width()];
        labels = new int[workload.batch()];
        reset();
    }

    private void addUpdates(Ops tf) {
        List<Variable<TFloat32>> parameters = network.parameters();
        Output<?>[] gradients = network.graph()
                .addGradients(
                        loss.asOutput(),
                        parameters.stream().map(Variable::asOutput).toArray(Output[]::new));
        Variable<TFloat32> power1 = scalar(tf, Workload.BETA_1);
        Variable<TFloat32> power2 = scalar(tf, Workload.BETA_2);
        List<Op> applied = new ArrayList<>();
        for (int i = 0; i < gradients.length; i++) {
            Variable<TFloat32> parameter = parameters.get(i);
            @SuppressWarnings("unchecked")
            Output<TFloat32> gradient = (Output<TFloat32>) gradients[i];
            applied.add(ApplyAdam.create(
                    tf.scope(),
                    parameter,
                    zeros(tf, parameter.asOutput().shape()),
                    zeros(tf, parameter.asOutput().shape()),
                    power1,
                    power2,
                    tf.constant(workload.learningRate()),
                    tf.constant(Workload.BETA_1),
                    tf.constant(Workload.BETA_2),
                    tf.constant(Workload.EPSILON),
                    gradient));
        }
        updates.addAll(applied);
        updates.addAll(network.statistics());
        // The powers move once all have read them.
        Ops after = tf.withControlDependencies(applied);
        updates.add(after.assign(power1, after.math.mul(power1, after.constant(Workload.BETA_1))));
        updates.add(after.assign(power2, after.math.mul(power2, after.constant(Workload.BETA_2))));
    }

    private Variable<TFloat32> scalar(Ops tf, float value) {
        Variable<TFloat32> made = tf.variable(Shape.scalar(), TFloat32.class);
        network.start().add(tf.assign(made, tf.constant(value)));
        return made;
    }

    private Variable<TFloat32> zeros(Ops tf, Shape shape) {
        Variable<TFloat32> made = tf.variable(shape, TFloat32.class);
        network.start().add(tf.assign(made, tf.zeros(tf.constant(shape.asArray()), TFloat32.class)));
        return made;
    }

    @Override
    public void reset() {
        Session.Runner run = session.runner();
        network.start().forEach(run::addTarget);
        run.run().close();
    }

    @Override
    public double train(int from, int to) {
        double sum = 0;
        for (int step = from; step < to; step++) {
            sum += train(step);
        }
        return sum / (to - from);
    }

    private float train(int step) {
        workload.scale(step, pixels);
        for (int i = 0; i < labels.length; i++) {
            labels[i] = workload.label(step * labels.length + i);
        }
        try (TFloat32 images = TFloat32.tensorOf(
                        Shape.of(workload.batch(), workload.height(), workload.width(), 1),
                        DataBuffers.of(pixels, false, false));
                TInt32 expected = TInt32.tensorOf(Shape.of(labels.length), DataBuffers.of(labels, false, false))) {
            Session.Runner run = session.runner().feed(network.images(), images).feed(classes, expected);
            updates.forEach(run::addTarget);
            try (Result result = run.fetch(loss).run()) {
                return ((TFloat32) result.get(0)).getFloat();
            }
        }
    }

    @Override
    public void close() {
        session.close();
        network.graph().close();
    }
}

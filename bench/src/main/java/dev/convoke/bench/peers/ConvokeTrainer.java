package dev.convoke.bench.peers;

import dev.convoke.backend.Execution;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.TrainingSums;
import dev.convoke.backend.TrialSpec;
import dev.convoke.backend.cpu.CpuBackend;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Schedule;
import dev.convoke.peers.Peer;
import dev.convoke.peers.Workload;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.pipeline.EpochOrder;
import dev.convoke.plan.Program;

/** Training steps of a session. */
final class ConvokeTrainer implements Peer.Trainer {
    private static final long SEED = 1;
    private static final int EPOCH = 0;

    private final Session session;
    private final NamedTensors weights;

    ConvokeTrainer(Workload workload, Execution execution) {
        ModelSpec model = Networks.model(workload);
        ImageSet images = shuffledBack(workload);
        Program program = Program.compile(model, workload.batch(), images.count(), execution.precision());
        Schedule rate = new Schedule.Constant(workload.learningRate());
        TrialSpec trial = new TrialSpec(SEED, Optimizer.Adam.DEFAULT, rate, workload.steps());
        weights = Networks.state(workload);
        session = new CpuBackend().open(new SessionRequest(program, images, Augmentation.NONE, trial, execution));
        reset();
    }

    /** A session visits images in its epoch's order; they are stored such that this gives the workload's order. */
    private static ImageSet shuffledBack(Workload workload) {
        ImageSet images = new ImageSet(workload.height(), workload.width(), 1, workload.pixels(), workload.labels());
        int[] order = new int[images.count()];
        EpochOrder.fill(SEED, EPOCH, order);
        int[] place = new int[order.length];
        for (int position = 0; position < order.length; position++) {
            place[order[position]] = position;
        }
        return images.select(place);
    }

    @Override
    public void reset() {
        session.restore(weights, 0);
    }

    @Override
    public double train(int from, int to) {
        TrainingSums sums = session.train(EPOCH, from, to);
        return sums.dataLoss() / sums.images();
    }

    @Override
    public void close() {
        session.close();
    }
}

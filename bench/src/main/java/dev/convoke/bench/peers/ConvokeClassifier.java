package dev.convoke.bench.peers;

import dev.convoke.backend.Evaluation;
import dev.convoke.backend.Execution;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.TrialSpec;
import dev.convoke.backend.cpu.CpuBackend;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Schedule;
import dev.convoke.peers.Peer;
import dev.convoke.peers.Workload;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.plan.Plan;
import dev.convoke.plan.PlanCompiler;
import dev.convoke.plan.Program;
import java.util.ArrayList;
import java.util.List;

/** Inference by a session whose evaluation batch is the workload's. */
final class ConvokeClassifier implements Peer.Classifier {
    private final Session session;
    private final List<ImageSet> batches = new ArrayList<>();
    private final int images;

    ConvokeClassifier(Workload workload, Execution execution) {
        ImageSet all = new ImageSet(workload.height(), workload.width(), 1, workload.pixels(), workload.labels());
        images = workload.steps() * workload.batch();
        for (int step = 0; step < workload.steps(); step++) {
            int[] indices = new int[workload.batch()];
            for (int i = 0; i < indices.length; i++) {
                indices[i] = step * workload.batch() + i;
            }
            batches.add(all.select(indices));
        }
        ModelSpec model = Networks.model(workload);
        Plan plan = PlanCompiler.compile(model, workload.batch(), execution.precision());
        TrialSpec trial = new TrialSpec(0, Optimizer.Sgd.DEFAULT, new Schedule.Constant(1), 1);
        session = new CpuBackend()
                .open(new SessionRequest(
                        new Program(plan, null, plan, workload.batch()),
                        batches.get(0),
                        Augmentation.NONE,
                        trial,
                        execution));
        session.restore(Networks.state(workload), 0);
    }

    @Override
    public Peer.Answers classify() {
        Peer.Answers answers = Peer.Answers.of(images);
        int at = 0;
        for (ImageSet batch : batches) {
            Evaluation given = session.evaluate(batch);
            for (int i = 0; i < given.count(); i++) {
                answers.classes()[at] = given.predictions()[i];
                answers.confidence()[at++] = given.confidence()[i];
            }
        }
        return answers;
    }

    @Override
    public void close() {
        session.close();
    }
}

package dev.convoke.report.profile;

import dev.convoke.backend.Roof;
import dev.convoke.backend.StepProfile;
import dev.convoke.backend.StepProfile.Pass;
import dev.convoke.model.Activation;
import dev.convoke.model.ActivationFunction;
import dev.convoke.model.Convolution;
import dev.convoke.model.Dense;
import dev.convoke.model.Flatten;
import dev.convoke.model.ImageShape;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Padding;
import dev.convoke.model.Penalty;
import dev.convoke.model.UpdateRule;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.plan.Plan;
import dev.convoke.plan.PlanCompiler;
import dev.convoke.plan.Precision;
import java.util.ArrayList;
import java.util.List;

/** A small network and a profile of two steps of it, by hand: each part takes 100 ns with 10 ns before it. */
final class SampleProfile {
    static final int BATCH = 2;
    private static final long PART = 100;
    private static final long GAP = 10;

    /** Unmeasured steps. */
    static final long[] PLAIN = {700, 700, 4000};

    private SampleProfile() {}

    /** 1x6x6, convolution 3x3 to 4 filters, ReLU, pooling 2x2, flatten, dense to 3 classes. */
    static Plan plan() {
        ModelSpec model = new ModelSpec(
                "sample",
                new ImageShape(1, 6, 6),
                3,
                List.of(
                        new Convolution("conv1", 4, 3, 1, Padding.VALID, Penalty.NONE),
                        new Activation("relu1", ActivationFunction.RELU),
                        new MaxPooling("pool1", 2, 2, Padding.VALID),
                        new Flatten("flatten"),
                        new Dense("logits", 3, Penalty.NONE)),
                0);
        return PlanCompiler.compile(model, BATCH, Precision.FLOAT32);
    }

    static WorkModel model() {
        return new WorkModel(plan(), UpdateRule.of(Optimizer.Adam.DEFAULT), Augmentation.NONE);
    }

    /** @param unmeasured nanoseconds of each step that no mark tells of, at its end */
    static StepProfile steps(long unmeasured) {
        String[] names = {"images", "conv1+relu1+pool1", "logits", "loss", "logits", "conv1+relu1+pool1", "update"};
        Pass[] passes = {
            Pass.PIPELINE, Pass.FORWARD, Pass.FORWARD, Pass.LOSS, Pass.BACKWARD, Pass.BACKWARD, Pass.OPTIMIZER
        };
        List<StepProfile.Part> parts = new ArrayList<>();
        long start = 0;
        for (int i = 0; i < names.length; i++) {
            start += GAP;
            parts.add(new StepProfile.Part(
                    names[i], passes[i], "ours: <loops>", new long[] {start, start}, new long[] {PART, PART}));
            start += PART;
        }
        return new StepProfile(parts, new long[] {start + unmeasured, start + unmeasured});
    }

    static Roof roof() {
        return new Roof("multiply-adds", 1e11, List.of(new Roof.Copy(1000, 1e11), new Roof.Copy(1 << 20, 2e10)), 7);
    }

    static ProfileReport report() {
        return ProfileReport.of(subject(), roof(), steps(0), PLAIN, model());
    }

    static ProfileReport.ProfiledRun subject() {
        return new ProfileReport.ProfiledRun(
                "sample",
                "digits",
                "cpu",
                "by hand",
                "a processor",
                BATCH,
                "fp32",
                1,
                "auto",
                2,
                0,
                "0",
                "./convoke profile");
    }
}

package dev.convoke.plan;

import dev.convoke.model.ImageShape;
import dev.convoke.model.Layer;
import dev.convoke.model.Loss;
import dev.convoke.model.ModelException;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Node;
import dev.convoke.model.Parameter;
import dev.convoke.model.ParameterRule;
import dev.convoke.model.Penalty;
import dev.convoke.model.Role;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns a model into a {@link Plan}: checks shapes, names slots, lays parameters out, finds fused groups. */
public final class PlanCompiler {
    private final ModelSpec model;
    private final int batch;
    private final List<Op> ops = new ArrayList<>();
    private final List<Slot> slots = new ArrayList<>();
    private final Map<String, Slot> byName = new HashMap<>();
    private final List<Segment> parameters = new ArrayList<>();
    private final List<Segment> statistics = new ArrayList<>();
    private final Map<Layer.Kind, Integer> kinds = new EnumMap<>(Layer.Kind.class);

    private PlanCompiler(ModelSpec model, int batch) {
        this.model = model;
        this.batch = batch;
    }

    /**
     * Compiles {@code model} for {@code batch} images a step.
     *
     * @throws ModelException if a layer does not fit what it reads, is too large, or is read by none; the message names the
     *     layer
     */
    public static Plan compile(ModelSpec model, int batch, Precision precision) {
        if (batch < 1) {
            throw new ModelException("the batch size must be at least 1, not " + batch);
        }
        PlanCompiler compiler = new PlanCompiler(model, batch);
        compiler.run();
        Plan plan = new Plan(
                model,
                batch,
                precision,
                compiler.ops,
                GroupFinder.find(compiler.ops),
                compiler.slots,
                new SegmentTable(compiler.parameters),
                new SegmentTable(compiler.statistics));
        compiler.checkReaders(plan);
        return plan;
    }

    private void run() {
        Slot last = slot(ModelSpec.INPUT, model.input());
        for (Node node : model.nodes()) {
            last = add(node, last);
        }
        ImageShape shape = last.shape();
        int outputs = model.outputs();
        if (shape.size() != outputs || shape.channels() != outputs) {
            throw new ModelException(
                    model.name() + ": the last layer gives " + shape + " values an image, but there are " + outputs
                            + (model.loss().target() == Loss.Target.CLASS ? " classes" : " outputs")
                            + "; end with a dense layer of " + outputs + " units");
        }
        if (ops.stream().noneMatch(Op::isTrained)) {
            throw new ModelException(model.name() + ": no layer has weights"
                    + (parameters.isEmpty() ? "" : " that are not frozen") + ", so there is nothing to train");
        }
    }

    private Slot add(Node node, Slot before) {
        Layer layer = node.layer();
        List<Slot> inputs = node.from().isEmpty()
                ? List.of(before)
                : node.from().stream().map(byName::get).toList();
        List<ImageShape> shapes = inputs.stream().map(Slot::shape).toList();
        ImageShape output;
        List<Parameter> wanted;
        try {
            output = layer.output(shapes);
            wanted = layer.parameters(shapes.get(0));
        } catch (ModelException e) {
            throw new ModelException(model.name() + ": " + e.getMessage());
        }
        List<Segment> trained = new ArrayList<>();
        List<Segment> running = new ArrayList<>();
        for (Parameter parameter : wanted) {
            if (parameter.role().isStatistic()) {
                running.add(segment(statistics, layer, parameter));
            } else {
                trained.add(segment(parameters, layer, parameter));
            }
        }
        Slot slot = slot(layer.name(), output);
        int ordinal = kinds.merge(layer.kind(), 1, Integer::sum) - 1;
        ops.add(new Op(layer, ordinal, inputs, slot, trained, running));
        return slot;
    }

    private void checkReaders(Plan plan) {
        for (Slot slot : plan.slots()) {
            if (plan.readers(slot) == 0 && !slot.equals(plan.logits())) {
                throw new ModelException(model.name() + ": no layer reads '" + slot.name()
                        + "'; name it in another layer's 'from', or leave it out");
            }
        }
    }

    private Slot slot(String name, ImageShape shape) {
        SizeLimits.checkActivations(model.name(), name, shape, batch);
        Slot slot = new Slot(slots.size(), name, shape);
        slots.add(slot);
        byName.put(name, slot);
        return slot;
    }

    private Segment segment(List<Segment> table, Layer layer, Parameter parameter) {
        String name = layer.name() + "/" + parameter.role().suffix();
        int offset = new SegmentTable(table).size();
        int held = new SegmentTable(parameters).size() + new SegmentTable(statistics).size();
        SizeLimits.checkParameters(model.name(), name, held, parameter.shape());
        Penalty penalty = parameter.role() == Role.KERNEL ? layer.penalty() : Penalty.NONE;
        ParameterRule rule = layer.rule();
        Segment segment = new Segment(name, table.size(), parameter.role(), parameter.shape(), offset, penalty, rule);
        table.add(segment);
        return segment;
    }
}

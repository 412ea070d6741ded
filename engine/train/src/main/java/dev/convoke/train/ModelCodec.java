package dev.convoke.train;

import dev.convoke.model.Loss;
import dev.convoke.model.ModelException;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Node;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.settings.LayerCodec;
import dev.convoke.settings.LocatedValue;
import dev.convoke.settings.LossReader;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads and writes a network as JSON, in the format of a suite: {@code {"layers": [...], "loss": {...}}}. Older saved
 * models have {@code "label_smoothing"} instead of {@code "loss"}.
 */
public final class ModelCodec {
    private static final String LAYERS = "layers";
    private static final String LOSS = "loss";
    private static final String SMOOTHING = "label_smoothing";

    private ModelCodec() {}

    /** The JSON of a model; its input shape and the names of its classes stand elsewhere on its card. */
    public static String write(ModelSpec model) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put(LAYERS, LayerCodec.write(model.nodes()));
        form.put(LOSS, model.loss().text());
        return Json.compact(form);
    }

    /**
     * The model that a card describes.
     *
     * @param source what messages call the card's file
     * @throws CheckpointException if the description cannot be
     */
    public static ModelSpec read(String source, ModelCard card) {
        try {
            LocatedValue form = LocatedValue.of(source, "", Json.read(card.model()));
            Map<String, LocatedValue> entries = form.map(List.of(LAYERS, LOSS, SMOOTHING));
            LocatedValue layers = entries.get(LAYERS);
            if (layers == null) {
                throw form.error("the model's description lacks '" + LAYERS + "'");
            }
            Loss loss = loss(form, card.classNames().size());
            List<Node> nodes = LayerCodec.read(layers).stream()
                    .map(layer -> layer.apply(loss.outputs()))
                    .toList();
            return new ModelSpec(card.run(), card.input(), nodes, loss);
        } catch (IOException e) {
            throw new CheckpointException(source + ": the model's description is not JSON: " + Json.firstLine(e), e);
        } catch (ConfigurationException e) {
            throw new CheckpointException(String.valueOf(e.getMessage()), e);
        } catch (ModelException e) {
            throw new CheckpointException(source + ": " + e.getMessage(), e);
        }
    }

    private static Loss loss(LocatedValue form, int classes) {
        LocatedValue loss = form.map().get(LOSS);
        if (loss != null) {
            return LossReader.saved(loss);
        }
        LocatedValue smoothing = form.map().get(SMOOTHING);
        if (smoothing == null) {
            throw form.error("the model's description lacks '" + LOSS + "'");
        }
        return Loss.SoftmaxCrossEntropy.of(classes, smoothing.number());
    }
}

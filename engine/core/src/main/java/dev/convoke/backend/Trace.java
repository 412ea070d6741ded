package dev.convoke.backend;

/**
 * The inside of one training step, canonical layout.
 *
 * @param loss mean data loss of the batch, without penalties
 * @param penalty penalties of the parameters
 * @param activations by slot name, {@code [N, C, H, W]} or {@code [N, C]}; a fused group leaves its inner slots out
 * @param activationGradients gradient of the mean data loss by slot name, where the backend materializes it; slots that need
 *     none are left out
 * @param parameterGradients gradient of the mean data loss by segment name, without penalties
 */
public record Trace(
        double loss,
        double penalty,
        NamedTensors activations,
        NamedTensors activationGradients,
        NamedTensors parameterGradients) {}

package dev.convoke.peers.dl4j;

import java.lang.reflect.Field;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNConvHelper;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Deeplearning4j's own oneDNN convolutions, which version 1.0.0-M2.1 never uses: before it does, it looks for the class {@code
 * org.nd4j.nativeblas.Nd4jCpu$Environment}, which has moved to another package, and takes its absence for that of oneDNN. No
 * option leads past this, so the helper is put where the check would have put it.
 */
final class OneDnnHelpers {
    private static final String FIELD = "helper";

    private OneDnnHelpers() {}

    /** Gives every convolution of an initialized network its helper. */
    static void putInto(MultiLayerNetwork network) {
        try {
            Field helper = ConvolutionLayer.class.getDeclaredField(FIELD);
            helper.setAccessible(true);
            for (Layer layer : network.getLayers()) {
                if (layer instanceof ConvolutionLayer) {
                    helper.set(layer, new MKLDNNConvHelper(DataType.FLOAT));
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Deeplearning4j has no field ConvolutionLayer." + FIELD, e);
        }
    }
}

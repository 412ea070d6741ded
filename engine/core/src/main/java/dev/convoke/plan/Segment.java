package dev.convoke.plan;

import dev.convoke.model.ParameterRule;
import dev.convoke.model.Penalty;
import dev.convoke.model.Role;
import dev.convoke.model.TensorShape;

/**
 * One named tensor of an arena: of the parameters, or of the running statistics.
 *
 * @param name layer and role, such as {@code conv1/kernel}
 * @param index place in its {@link SegmentTable}
 * @param role what it is for
 * @param shape canonical shape: kernels OIHW, dense [out, in] with {@code in} in C, H, W order, the rest [C]
 * @param offset values before it in the arena
 * @param penalty that is added to the loss for it
 * @param rule how the optimizer treats it
 */
public record Segment(
        String name, int index, Role role, TensorShape shape, int offset, Penalty penalty, ParameterRule rule) {

    public int size() {
        return shape.size();
    }
}

package dev.convoke.backend;

import java.util.stream.Stream;

/** Networks whose gradients are compared with differences: what the contract has, for other packages. */
public final class GradientCases {
    private GradientCases() {}

    /** Everything that is not too large to be run some hundred times. */
    public static Stream<OpCase> networks() {
        return Stream.of(
                        WindowCases.convolutions(),
                        WindowCases.groups(),
                        WindowCases.poolings(),
                        WindowCases.globalPoolings(),
                        JoinCases.joins(),
                        OpCases.normalizations(),
                        OpCases.denses(),
                        OpCases.losses(),
                        OpCases.zoo())
                .flatMap(cases -> cases);
    }
}

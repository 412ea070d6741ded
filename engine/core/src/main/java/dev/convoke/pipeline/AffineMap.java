package dev.convoke.pipeline;

/**
 * An affine map of the plane in (row, column) coordinates, float64.
 *
 * @param rr input row by output row
 * @param rc input row by output column
 * @param r0 input row at the origin
 * @param cr input column by output row
 * @param cc input column by output column
 * @param c0 input column at the origin
 */
record AffineMap(double rr, double rc, double r0, double cr, double cc, double c0) {

    /**
     * {@code rotation . shift . shear . zoom}, each about the origin.
     *
     * @param rotation degrees
     * @param shiftRows pixels
     * @param shiftColumns pixels
     * @param shear degrees
     * @param zoomRows factor
     * @param zoomColumns factor
     */
    static AffineMap keras(
            double rotation, double shiftRows, double shiftColumns, double shear, double zoomRows, double zoomColumns) {
        double angle = StrictMath.toRadians(rotation);
        double sin = StrictMath.sin(angle);
        double cos = StrictMath.cos(angle);
        double slant = StrictMath.toRadians(shear);
        return new AffineMap(cos, -sin, 0, sin, cos, 0)
                .then(new AffineMap(1, 0, shiftRows, 0, 1, shiftColumns))
                .then(new AffineMap(1, -StrictMath.sin(slant), 0, 0, StrictMath.cos(slant), 0))
                .then(new AffineMap(zoomRows, 0, 0, 0, zoomColumns, 0));
    }

    /** The matrix product {@code this . right}. */
    AffineMap then(AffineMap right) {
        return new AffineMap(
                rr * right.rr + rc * right.cr,
                rr * right.rc + rc * right.cc,
                rr * right.r0 + rc * right.c0 + r0,
                cr * right.rr + cc * right.cr,
                cr * right.rc + cc * right.cc,
                cr * right.r0 + cc * right.c0 + c0);
    }

    /** The same map about {@code (row, column)} instead of the origin. */
    AffineMap about(double row, double column) {
        return new AffineMap(1, 0, row, 0, 1, column).then(this).then(new AffineMap(1, 0, -row, 0, 1, -column));
    }

    void write(float[] out, int offset) {
        out[offset] = (float) rr;
        out[offset + 1] = (float) rc;
        out[offset + 2] = (float) r0;
        out[offset + 3] = (float) cr;
        out[offset + 4] = (float) cc;
        out[offset + 5] = (float) c0;
    }
}

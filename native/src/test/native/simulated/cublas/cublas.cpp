/* libcublas.so.13, simulated: the bindings ask for it; Convoke multiplies matrices with cuBLASLt alone. */

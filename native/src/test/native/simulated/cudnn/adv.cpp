/* libcudnn_adv.so.9 and libcudnn.so.9, simulated: the bindings ask for them, Convoke calls nothing in them. */

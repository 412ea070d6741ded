#!/usr/bin/env python3
"""JAX's turn: the base model, data on the GPU, a whole epoch as one jitted scan. run.py starts it.

    python3 jax_peer.py --data DIR --batch 32 --augmentation on --precision fp32
"""

import jax
from jax import lax
from jax import numpy as jnp

import workload

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-7


def initial(key):
    """Glorot uniform kernels and zero biases, as Keras has them."""
    channels = (1, *workload.FILTERS)
    shapes = [(3, 3, channels[i], channels[i + 1]) for i in range(3)]
    shapes += [(workload.FILTERS[-1] * 2 * 2, workload.UNITS), (workload.UNITS, workload.CLASSES)]
    glorot = jax.nn.initializers.glorot_uniform()
    keys = jax.random.split(key, len(shapes))
    return [(glorot(k, shape), jnp.zeros(shape[-1])) for k, shape in zip(keys, shapes)]


def forward(parameters, x, key, dtype):
    """Logits of x [N, 28, 28, 1]; dropout where there is a key."""
    x = x.astype(dtype)
    parameters = [(kernel.astype(dtype), bias.astype(dtype)) for kernel, bias in parameters]
    for i, (kernel, bias) in enumerate(parameters[:3]):
        x = lax.conv_general_dilated(
            x, kernel, (1, 1), "SAME" if i == 0 else "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        x = jax.nn.relu(x + bias)
        x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    x = x.reshape(len(x), -1)
    x = jax.nn.relu(x @ parameters[3][0] + parameters[3][1])
    if key is not None:
        kept = jax.random.bernoulli(key, 1 - workload.DROPOUT, x.shape)
        x = jnp.where(kept, x / (1 - workload.DROPOUT), 0)
    return (x @ parameters[4][0] + parameters[4][1]).astype(jnp.float32)


def cross_entropy(logits, labels):
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], 1))


class Peer:
    def __init__(self, options):
        self.batch = options.batch
        augmented = options.augmentation == "on"
        dtype = jnp.bfloat16 if options.precision == "bf16" else jnp.float32
        jax.config.update(
            "jax_default_matmul_precision", {"fp32": "highest", "tf32": "tensorfloat32", "bf16": "default"}[options.precision]
        )
        arrays = [jnp.asarray(array) for array in workload.load_mnist(options.data)]
        images, labels = arrays[0].reshape(len(arrays[0]), -1), arrays[1].astype(jnp.int32)
        test_images, test_labels = arrays[2], arrays[3].astype(jnp.int32)
        self.train_images = len(labels)
        self.key = jax.random.key(options.seed)
        parameters = initial(self.key)
        zeros = jax.tree.map(jnp.zeros_like, parameters)
        self.state = (parameters, zeros, jax.tree.map(jnp.copy, zeros), jnp.zeros((), jnp.int32))

        places = workload.grid(jnp)

        def load(chosen, key):
            pixels = images[chosen]
            if augmented:
                warped, mirror = jax.random.split(key)
                maps = workload.affine(jnp, jax.random.uniform(warped, (len(chosen), 6)))
                mirrored = jax.random.randint(mirror, (len(chosen),), 0, 2)
                pixels = workload.warp(
                    jnp,
                    lambda x, i: jnp.take_along_axis(x, i.astype(jnp.int32), 1).astype(jnp.float32),
                    pixels,
                    maps,
                    mirrored,
                    places,
                )
            return (pixels.astype(jnp.float32) / 255).reshape(-1, workload.SIDE, workload.SIDE, 1)

        def step(state, chosen_and_key):
            chosen, key = chosen_and_key
            parameters, first, second, count = state
            load_key, drop_key = jax.random.split(key)
            x, y = load(chosen, load_key), labels[chosen]
            loss, gradients = jax.value_and_grad(lambda p: cross_entropy(forward(p, x, drop_key, dtype), y))(parameters)
            count = count + 1
            rate = workload.LEARNING_RATE * jnp.sqrt(1 - BETA2**count) / (1 - BETA1**count)
            first = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, first, gradients)
            second = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, second, gradients)
            parameters = jax.tree.map(
                lambda p, m, v: p - rate * m / (jnp.sqrt(v) + EPSILON), parameters, first, second
            )
            return (parameters, first, second, count), loss * len(chosen)

        steps, rest = divmod(self.train_images, self.batch)

        def epoch(state, key):
            keys = jax.random.split(key, steps + 2)  # one array: taken apart, each key would be an operation of its own
            order = jax.random.permutation(keys[steps + 1], self.train_images)
            full = order[: steps * self.batch].reshape(steps, self.batch)
            state, losses = lax.scan(step, state, (full, keys[:steps]))
            total = losses.sum()
            if rest:
                state, loss = step(state, (order[steps * self.batch :], keys[steps]))
                total = total + loss
            return state, total / self.train_images

        def evaluate(parameters):
            x = (test_images.astype(jnp.float32) / 255).reshape(-1, 1000, workload.SIDE, workload.SIDE, 1)
            answers = lax.map(lambda part: forward(parameters, part, None, dtype).argmax(1), x).reshape(-1)
            return jnp.mean(answers == test_labels)

        self.jitted = jax.jit(epoch, donate_argnums=0)
        self.evaluate = jax.jit(evaluate)

    def epoch(self):
        self.key, key = jax.random.split(self.key)
        self.state, loss = self.jitted(self.state, key)
        accuracy = self.evaluate(self.state[0])
        return float(loss), float(accuracy)


def main():
    options = workload.arguments(__doc__.splitlines()[0]).parse_args()
    if jax.default_backend() != "gpu":
        raise SystemExit("JAX finds no GPU")
    facts = {"peer": "jax-scan", "version": jax.__version__, "gpu": jax.devices()[0].device_kind}
    workload.serve(Peer(options), facts)


if __name__ == "__main__":
    main()

"""The work that every GPU peer does, without any framework: data, augmentation, measuring, and the protocol of run.py.

Base model of the report: three blocks of convolution 3x3 (32 with padding, 64 and 128 without), ReLU and 2x2 maximum; dense
128, ReLU, dropout 0.5; dense 10. Adam, learning rate 0.001. An epoch visits the 60,000 training images in a new order and
answers the 10,000 test images, as an epoch of `convoke train` does. The images lie on the GPU as uint8 from the start.

Array libraries are handed in as `xp`: numpy, torch and jax.numpy agree on what is used here.
"""

import gzip
import json
import os
import struct
import sys
import time

SIDE = 28
CLASSES = 10
FILTERS = (32, 64, 128)
UNITS = 128
DROPOUT = 0.5
LEARNING_RATE = 0.001
# Of the report's ImageDataGenerator: degrees, shares of the side, degrees, share.
ROTATION, SHIFT, SHEAR, ZOOM = 20.0, 0.1, 0.1, 0.1
# keras-preprocessing 1.1.2 turns about size / 2 + 0.5.
CENTER = SIDE / 2 + 0.5
RADIANS = 3.141592653589793 / 180


def read_idx(folder, name):
    """One of MNIST's IDX files, packed or not, as (shape, bytes)."""
    for path in (os.path.join(folder, name), os.path.join(folder, name + ".gz")):
        if os.path.exists(path):
            with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
                content = file.read()
            rank = content[3]
            if content[:3] != b"\0\0\x08":
                sys.exit(f"{path} is no IDX file of bytes")
            return struct.unpack(f">{rank}I", content[4 : 4 + 4 * rank]), content[4 + 4 * rank :]
    sys.exit(f"there is no {name} in {folder}")


def load_mnist(folder):
    """Training and test set: images [N, 28, 28] and labels [N], uint8."""
    import numpy as np

    inner = os.path.join(folder, "mnist")
    folder = inner if os.path.isdir(inner) else folder
    arrays = []
    for part in ("train", "t10k"):
        for kind in ("images-idx3", "labels-idx1"):
            shape, content = read_idx(folder, f"{part}-{kind}-ubyte")
            arrays.append(np.frombuffer(content, np.uint8).reshape(shape).copy())
    return arrays


def affine(xp, uniforms):
    """Coefficients [N, 6] from uniforms [N, 6] in [0, 1): input row = a0 r + a1 c + a2, input column = a3 r + a4 c + a5."""
    spread = [2 * uniforms[:, i] - 1 for i in range(6)]
    return coefficients(
        xp,
        spread[0] * (ROTATION * RADIANS),
        spread[1] * (SHIFT * SIDE),
        spread[2] * (SHIFT * SIDE),
        spread[3] * (SHEAR * RADIANS),
        1 + spread[4] * ZOOM,
        1 + spread[5] * ZOOM,
        CENTER,
        CENTER,
    )


def coefficients(xp, theta, shift_rows, shift_columns, shear, zoom_rows, zoom_columns, center_row, center_column):
    """Rotation . shift . shear . zoom about a center; angles in radians."""
    cos, sin = xp.cos(theta), xp.sin(theta)
    slant_cos, slant_sin = xp.cos(shear), xp.sin(shear)
    a0 = cos * zoom_rows
    a1 = (-cos * slant_sin - sin * slant_cos) * zoom_columns
    a3 = sin * zoom_rows
    a4 = (-sin * slant_sin + cos * slant_cos) * zoom_columns
    shifted_row = cos * shift_rows - sin * shift_columns
    shifted_column = sin * shift_rows + cos * shift_columns
    a2 = shifted_row + center_row - a0 * center_row - a1 * center_column
    a5 = shifted_column + center_column - a3 * center_row - a4 * center_column
    return xp.stack([a0, a1, a2, a3, a4, a5], 1)


def grid(xp, height=SIDE, width=SIDE, **where):
    """Row and column of every pixel, for warp: made once, since what a step makes of nothing comes from the host.

    `where` goes to xp.arange, such as device="cuda".
    """
    pixel = xp.arange(height * width, **where)
    return pixel // width, pixel % width


def warp(xp, gather, images, maps, mirrored, places, height=SIDE, width=SIDE):
    """Bilinear, the nearest edge pixel outside, flip last: [N, height * width] in floats from images of the same shape.

    gather(images, index) takes images[n, index[n, i]]; mirrored is [N], 1 where an image is flipped left to right, else 0;
    places are grid's.
    """
    row, column = places
    # A flipped image shows at column c what the plain one shows at width - 1 - c.
    column = column + mirrored[:, None] * (width - 1 - 2 * column)
    y = xp.clip(maps[:, 0, None] * row + maps[:, 1, None] * column + maps[:, 2, None], 0, height - 1)
    x = xp.clip(maps[:, 3, None] * row + maps[:, 4, None] * column + maps[:, 5, None], 0, width - 1)
    top, left = xp.floor(y), xp.floor(x)
    down, right = y - top, x - left
    bottom = xp.clip(top + 1, 0, height - 1)
    beside = xp.clip(left + 1, 0, width - 1)

    def at(rows, columns):
        return gather(images, rows * width + columns)

    upper = at(top, left) * (1 - right) + at(top, beside) * right
    lower = at(bottom, left) * (1 - right) + at(bottom, beside) * right
    return upper * (1 - down) + lower * down


def spread(values):
    """Median, smallest and largest."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return {"median": median, "low": ordered[0], "high": ordered[-1]}


def batches(count, batch):
    """Start and size of every step of an epoch; the last may be smaller."""
    return [(start, min(batch, count - start)) for start in range(0, count, batch)]


def serve(peer, facts):
    """Answers run.py: one line of JSON at the start, then one for each line "round" on standard input.

    peer.epoch() trains and evaluates, and returns mean training loss and test accuracy once the GPU is done.
    """
    began = time.perf_counter()
    loss, accuracy = peer.epoch()
    print(json.dumps({**facts, "warm_up_seconds": time.perf_counter() - began, "loss": loss}), flush=True)
    for line in sys.stdin:
        if line.strip() != "round":
            break
        began = time.perf_counter()
        loss, accuracy = peer.epoch()
        seconds = time.perf_counter() - began
        result = {"seconds": seconds, "images_per_second": peer.train_images / seconds, "loss": loss, "accuracy": accuracy}
        print(json.dumps(result), flush=True)


def arguments(description):
    """The options that every peer takes."""
    import argparse

    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", required=True, help="folder of MNIST's IDX files, or its parent")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--augmentation", choices=("on", "off"), default="on")
    parser.add_argument("--precision", choices=("fp32", "tf32", "bf16"), default="fp32")
    parser.add_argument("--seed", type=int, default=1)
    return parser

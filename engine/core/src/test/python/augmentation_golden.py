#!/usr/bin/env python3
"""Golden values of the affine augmentation, as keras-preprocessing 1.1.2 works them out.

Needs NumPy and SciPy (Debian: python3-numpy, python3-scipy). Run from the repository root:

    python3 engine/core/src/test/python/augmentation_golden.py \
        > engine/core/src/test/resources/dev/convoke/pipeline/augmentation.json

For each case: the parameters, the matrix in (row, column) coordinates about the centre, the picture and what
scipy.ndimage.affine_transform(order=1, mode="nearest") makes of it, flips last, divided by 255.
"""

import json

import numpy as np
from scipy import ndimage


def picture(height, width, channels, seed):
    """Random bytes, [H, W, C]: no symmetry that could hide a swapped axis."""
    return np.random.RandomState(seed).randint(0, 256, (height, width, channels))


def matrix(case, height, width):
    """Rotation, then shift, shear and zoom, multiplied from the left to the right, about the centre."""
    theta = np.deg2rad(case["rotation"])
    shear = np.deg2rad(case["shear"])
    rotation = np.array([[np.cos(theta), -np.sin(theta), 0], [np.sin(theta), np.cos(theta), 0], [0, 0, 1]])
    shift = np.array([[1, 0, case["shiftRows"]], [0, 1, case["shiftColumns"]], [0, 0, 1]])
    slant = np.array([[1, -np.sin(shear), 0], [0, np.cos(shear), 0], [0, 0, 1]])
    zoom = np.array([[case["zoomRows"], 0, 0], [0, case["zoomColumns"], 0], [0, 0, 1]])
    half = 0.5 if case["center"] == "KERAS" else -0.5
    row = height / 2 + half
    column = width / 2 + half
    there = np.array([[1, 0, row], [0, 1, column], [0, 0, 1]])
    back = np.array([[1, 0, -row], [0, 1, -column], [0, 0, 1]])
    return there @ rotation @ shift @ slant @ zoom @ back


def warped(image, transform):
    """Every channel by itself, [H, W, C]."""
    channels = [
        ndimage.affine_transform(
            image[:, :, c].astype(np.float64), transform[:2, :2], transform[:2, 2], order=1, mode="nearest"
        )
        for c in range(image.shape[2])
    ]
    return np.stack(channels, axis=2)


def case(name, height, width, channels, **changes):
    values = {
        "name": name,
        "rotation": 0.0,
        "shiftRows": 0.0,
        "shiftColumns": 0.0,
        "shear": 0.0,
        "zoomRows": 1.0,
        "zoomColumns": 1.0,
        "center": "KERAS",
        "flipHorizontal": False,
        "flipVertical": False,
    }
    values.update(changes)
    image = picture(height, width, channels, sum(map(ord, name)))
    transform = matrix(values, height, width)
    out = warped(image, transform)
    if values["flipHorizontal"]:
        out = out[:, ::-1, :]
    if values["flipVertical"]:
        out = out[::-1, :, :]
    values["height"] = height
    values["width"] = width
    values["channels"] = channels
    values["coefficients"] = [float(x) for x in transform[:2, :].ravel()]
    values["picture"] = [int(x) for x in image.ravel()]
    values["expected"] = [round(float(x) / 255, 9) for x in out.ravel()]
    return values


CASES = [
    case("as it is", 5, 7, 1),
    case("rotated", 7, 9, 1, rotation=17.0),
    case("rotated the other way", 8, 6, 1, rotation=-20.0),
    case("shifted", 6, 8, 1, shiftRows=0.6, shiftColumns=-1.7),
    case("sheared", 7, 7, 1, shear=12.0),
    case("zoomed", 9, 7, 1, zoomRows=0.9, zoomColumns=1.1),
    case("flipped left to right", 6, 7, 1, rotation=5.0, flipHorizontal=True),
    case("flipped top to bottom", 7, 6, 1, rotation=5.0, flipVertical=True),
    case("about the true middle", 7, 8, 1, rotation=15.0, zoomRows=1.2, zoomColumns=0.8, center="EXACT"),
    case("far outside", 5, 6, 1, shiftRows=40.0, shiftColumns=-40.0),
    case("in colour", 6, 5, 3, rotation=-11.0, shiftRows=-0.4, shear=4.0, zoomRows=1.05, flipHorizontal=True),
    case(
        "everything on 28 by 28",
        28,
        28,
        1,
        rotation=13.25,
        shiftRows=-2.1,
        shiftColumns=1.3,
        shear=0.07,
        zoomRows=0.93,
        zoomColumns=1.08,
        flipHorizontal=True,
    ),
]

if __name__ == "__main__":
    lines = ",\n".join(json.dumps(values) for values in CASES)
    print('{"cases": [\n' + lines + "\n]}")

#!/usr/bin/env python3
"""What of the peers can be tried without a GPU: augmentation against Convoke's golden values, batches, figures, the runner.

    python3 bench/peers/gpu/test_workload.py      (needs NumPy)
"""

import gzip
import json
import os
import struct
import sys
import tempfile
import unittest

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import convoke_peer
import run
import workload

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
GOLDEN = os.path.join(ROOT, "engine/core/src/test/resources/dev/convoke/pipeline/augmentation.json")


class StepOnly:
    """NumPy as far as a captured step may use an array library: what makes an array of nothing makes it on the host."""

    def __getattr__(self, name):
        if name not in ("cos", "sin", "stack", "clip", "floor"):
            raise AssertionError(f"a step calls xp.{name}")
        return getattr(np, name)


def gather(images, index):
    return np.take_along_axis(images, index.astype(int), 1)


class Augmentation(unittest.TestCase):
    def test_golden_values(self):
        with open(GOLDEN, encoding="utf-8") as file:
            cases = json.load(file)["cases"]
        tried = 0
        for case in cases:
            if case["channels"] != 1 or case["flipVertical"]:
                continue
            height, width = case["height"], case["width"]
            half = 0.5 if case["center"] == "KERAS" else -0.5
            maps = workload.coefficients(
                StepOnly(),
                np.array([case["rotation"] * workload.RADIANS]),
                np.array([case["shiftRows"]]),
                np.array([case["shiftColumns"]]),
                np.array([case["shear"] * workload.RADIANS]),
                np.array([case["zoomRows"]]),
                np.array([case["zoomColumns"]]),
                height / 2 + half,
                width / 2 + half,
            )
            np.testing.assert_allclose(maps[0], case["coefficients"], atol=1e-9, err_msg=case["name"])
            picture = np.array(case["picture"], float).reshape(1, -1)
            mirrored = np.array([int(case["flipHorizontal"])])
            places = workload.grid(np, height, width)
            warped = workload.warp(StepOnly(), gather, picture, maps, mirrored, places, height, width)
            np.testing.assert_allclose(warped[0] / 255, case["expected"], atol=1e-9, err_msg=case["name"])
            tried += 1
        self.assertGreater(tried, 5)

    def test_coefficients_stay_in_their_ranges(self):
        maps = workload.affine(StepOnly(), np.full((1, 6), 0.5))
        np.testing.assert_allclose(maps[0], [1, 0, 0, 0, 1, 0], atol=1e-12)


class Figures(unittest.TestCase):
    def test_the_remainder_is_a_step(self):
        steps = workload.batches(60_000, 1024)
        self.assertEqual(59, len(steps))
        self.assertEqual((58 * 1024, 608), steps[-1])
        self.assertEqual(60_000, sum(size for _, size in steps))

    def test_spread(self):
        self.assertEqual({"median": 2.5, "low": 1, "high": 9}, workload.spread([9, 1, 3, 2]))

    def test_idx(self):
        with tempfile.TemporaryDirectory() as folder:
            with gzip.open(os.path.join(folder, "some.gz"), "wb") as file:
                file.write(b"\0\0\x08\x02" + struct.pack(">2I", 2, 3) + bytes(range(6)))
            self.assertEqual(((2, 3), bytes(range(6))), workload.read_idx(folder, "some"))

    def test_convokes_results_are_read(self):
        with open(os.path.join(ROOT, "bench/results/mnist-report/results.json"), encoding="utf-8") as file:
            results = json.load(file)
        epochs = results["runs"][0]["seeds"][0]["epochs"]
        found = convoke_peer.figures(results)
        self.assertEqual(epochs[-1]["val_accuracy"], found["accuracy"])
        seconds = sorted(epoch["seconds"] for epoch in epochs[1:])
        self.assertEqual((seconds[6] + seconds[7]) / 2, found["seconds"])


class Runner(unittest.TestCase):
    def test_a_worker_answers_round_by_round(self):
        program = "import sys\nprint('{\"peer\": 1}', flush=True)\nfor _ in sys.stdin: print('{\"images_per_second\": 5}', flush=True)"
        worker = run.Worker("a", ["-c", program])
        worker.round()
        worker.round()
        worker.close()
        self.assertEqual(5, worker.row()["images_per_second"]["median"])
        self.assertEqual(2, len(worker.rounds))

    def test_a_worker_that_dies_says_its_last_words(self):
        worker = run.Worker("b", ["-c", "raise SystemExit('no GPU here')"])
        worker.round()
        worker.close()
        self.assertEqual("no GPU here", worker.row()["failure"])
        lines = run.table([{"batch": 32, "augmentation": "on", "peers": [worker.row()]}])
        self.assertIn("failed: no GPU here", lines[1])


if __name__ == "__main__":
    unittest.main()

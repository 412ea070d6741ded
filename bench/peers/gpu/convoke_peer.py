#!/usr/bin/env python3
"""Convoke's turn, by its own launcher: the seconds of an epoch are those that its results state. run.py starts it.

    python3 convoke_peer.py --convoke BUNDLE/convoke --data DIR --batch 32 --augmentation on --precision fp32
"""

import json
import os
import subprocess
import sys
import tempfile

import workload

# The first epoch of a process warms up, as the peers' first does.
WARM_EPOCHS = 1
EPOCHS = 3


def command(options, out):
    words = [options.convoke, "train", "base-adam", "--dataset", "mnist", "--data-dir", options.data, "--offline"]
    words += ["--device", options.device, "--precision", options.precision, "--seed", str(options.seed)]
    words += ["--epochs", str(WARM_EPOCHS + EPOCHS), "--set", f"batch_size={options.batch}", "--out", out, "--quiet"]
    if options.augmentation == "off":
        words += ["--set", "augmentation=none"]
    return words


def figures(results):
    """Loss, accuracy and the median epoch's seconds of a results.json."""
    history = results["runs"][0]["seeds"][0]["epochs"]
    seconds = workload.spread([epoch["seconds"] for epoch in history[WARM_EPOCHS:]])["median"]
    return {"seconds": seconds, "loss": history[-1]["train_loss"], "accuracy": history[-1]["val_accuracy"]}


class Peer:
    train_images = 60_000

    def __init__(self, options):
        self.options = options

    def round(self):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "run")
            subprocess.run(command(self.options, out), check=True, stdout=subprocess.DEVNULL)
            with open(os.path.join(out, "results.json"), encoding="utf-8") as file:
                found = figures(json.load(file))
        return {**found, "images_per_second": self.train_images / found["seconds"]}


def main():
    parser = workload.arguments(__doc__.splitlines()[0])
    parser.add_argument("--convoke", required=True, help="the launcher")
    parser.add_argument("--device", default="cuda")
    options = parser.parse_args()
    version = subprocess.run([options.convoke, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    print(json.dumps({"peer": f"convoke-{options.device}", "version": version}), flush=True)
    peer = Peer(options)
    for line in sys.stdin:
        if line.strip() != "round":
            break
        print(json.dumps(peer.round()), flush=True)


if __name__ == "__main__":
    main()

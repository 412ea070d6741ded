#!/usr/bin/env python3
"""Measures Convoke beside PyTorch and JAX on one GPU, in rounds that alternate.

    python3 run.py --convoke BUNDLE/convoke --data DIR --out peers.json [--rounds 5] [--batches 32,128,1024]

For each batch size, with and without augmentation, every peer is started and warmed up; then each runs one epoch in turn,
round after round, so that a GPU that warms up or is shared slows all of them alike. A peer that does not start is left out
and the table says why. Printed: the median images a second with the lowest and highest round. The same as JSON in --out.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile

import workload

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = {
    "convoke": ["convoke_peer.py"],
    "pytorch-eager": ["pytorch_peer.py", "--mode", "eager"],
    "pytorch-compiled": ["pytorch_peer.py", "--mode", "compiled"],
    "pytorch-graph": ["pytorch_peer.py", "--mode", "graph"],
    "jax-scan": ["jax_peer.py"],
}
# JAX would take three quarters of the GPU's memory at once, and the peers live side by side.
ENVIRONMENT = {**os.environ, "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}


class Worker:
    """A peer's process, which answers a line with a line."""

    def __init__(self, name, words):
        self.name = name
        self.rounds = []
        self.failure = None
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [sys.executable, *words], cwd=HERE, env=ENVIRONMENT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.errors,
        )
        self.facts = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            self.errors.seek(0)
            last = [text.strip() for text in self.errors if text.strip()][-1:]
            self.failure = last[0] if last else f"ended with {self.process.returncode}"
            return None
        return json.loads(line)

    def round(self):
        if self.failure is not None:
            return
        try:
            self.process.stdin.write("round\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        result = self.answer()
        if result is not None:
            self.rounds.append(result)

    def close(self):
        if self.process.poll() is None:
            try:
                self.process.stdin.close()
            except BrokenPipeError:
                pass
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()

    def row(self):
        row = {"peer": self.name, "facts": self.facts, "rounds": self.rounds, "failure": self.failure}
        if self.rounds:
            row["images_per_second"] = workload.spread([one["images_per_second"] for one in self.rounds])
        return row


def measure(options, batch, augmentation):
    """All peers on one setting: rows in the order of PEERS."""
    common = ["--data", os.path.abspath(options.data), "--batch", str(batch), "--augmentation", augmentation]
    common += ["--precision", options.precision]
    workers = []
    try:
        for name in options.peers.split(","):
            words = PEERS[name] + common
            if name == "convoke":
                words += ["--convoke", os.path.abspath(options.convoke), "--device", options.device]
            workers.append(Worker(name, words))
        for number in range(options.rounds):
            # Every other round runs backwards: who comes last in one comes first in the next.
            for worker in workers if number % 2 == 0 else reversed(workers):
                worker.round()
        return [worker.row() for worker in workers]
    finally:
        for worker in workers:
            worker.close()


def table(settings):
    """Lines for people."""
    lines = [f"{'batch':>5}  {'augmentation':<12}  {'peer':<17}  {'images/s':>10}  {'lowest':>10}  {'highest':>10}"]
    for setting in settings:
        for row in setting["peers"]:
            head = f"{setting['batch']:>5}  {setting['augmentation']:<12}  {row['peer']:<17}"
            speed = row.get("images_per_second")
            if speed is None:
                lines.append(f"{head}  failed: {row['failure']}")
            else:
                lines.append(f"{head}  {speed['median']:>10,.0f}  {speed['low']:>10,.0f}  {speed['high']:>10,.0f}")
    return lines


def driver():
    try:
        query = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
        return subprocess.run(query, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--convoke", required=True, help="launcher of the bundle")
    parser.add_argument("--data", required=True, help="folder of MNIST's IDX files, or its parent")
    parser.add_argument("--out", required=True, help="JSON file")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batches", default="32,128,1024")
    parser.add_argument("--augmentation", default="on,off")
    parser.add_argument("--precision", choices=("fp32", "tf32", "bf16"), default="fp32")
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--device", default="cuda", help="Convoke's device")
    options = parser.parse_args()
    settings = []
    for batch in [int(text) for text in options.batches.split(",")]:
        for augmentation in options.augmentation.split(","):
            peers = measure(options, batch, augmentation)
            settings.append({"batch": batch, "augmentation": augmentation, "peers": peers})
    result = {
        "schema": 1,
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "command": "run.py " + " ".join(sys.argv[1:]),
        "precision": options.precision,
        "rounds": options.rounds,
        "gpu_and_driver": driver(),
        "python": platform.python_version(),
        "settings": settings,
    }
    with open(options.out, "w", encoding="utf-8") as file:
        json.dump(result, file, indent=2)
        file.write("\n")
    print("\n".join(table(settings)))
    if all(row["failure"] for setting in settings for row in setting["peers"]):
        sys.exit("no peer ran")


if __name__ == "__main__":
    main()

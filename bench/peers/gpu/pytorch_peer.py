#!/usr/bin/env python3
"""PyTorch's turn: the base model, data on the GPU, eager, compiled, or as a captured graph. run.py starts it.

    python3 pytorch_peer.py --mode eager|compiled|graph --data DIR --batch 32 --augmentation on --precision fp32
"""

import contextlib

import torch
from torch import nn
from torch.nn import functional as F

import workload

WARM_STEPS = 11


class Base(nn.Module):
    """The report's base model."""

    def __init__(self):
        super().__init__()
        channels = (1, *workload.FILTERS)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(channels[i], channels[i + 1], 3, padding=1 if i == 0 else 0) for i in range(3)
        )
        self.hidden = nn.Linear(workload.FILTERS[-1] * 2 * 2, workload.UNITS)
        self.logits = nn.Linear(workload.UNITS, workload.CLASSES)

    def forward(self, x):
        for convolution in self.convolutions:
            x = F.max_pool2d(F.relu(convolution(x)), 2)
        x = F.relu(self.hidden(x.flatten(1)))
        return self.logits(F.dropout(x, workload.DROPOUT, self.training))


class Peer:
    def __init__(self, options):
        torch.manual_seed(options.seed)
        self.batch = options.batch
        self.augmented = options.augmentation == "on"
        self.mode = options.mode
        bf16 = options.precision == "bf16"
        self.cast = (lambda: torch.autocast("cuda", torch.bfloat16)) if bf16 else contextlib.nullcontext
        torch.set_float32_matmul_precision("high" if options.precision == "tf32" else "highest")
        torch.backends.cudnn.allow_tf32 = options.precision == "tf32"
        torch.backends.cudnn.benchmark = True
        arrays = [torch.from_numpy(array).cuda() for array in workload.load_mnist(options.data)]
        self.images, self.labels = arrays[0].flatten(1), arrays[1].long()
        self.test_images, self.test_labels = arrays[2].flatten(1), arrays[3].long()
        self.train_images = len(self.labels)
        self.model = Base().cuda().to(memory_format=torch.channels_last)
        self.optimizer = torch.optim.Adam(
            self.model.parameters(), lr=workload.LEARNING_RATE, eps=1e-7, fused=True, capturable=True
        )
        self.places = workload.grid(torch, device="cuda")
        self.order = torch.arange(self.train_images, device="cuda")
        self.position = torch.zeros((), dtype=torch.long, device="cuda")
        self.loss_sum = torch.zeros((), device="cuda")
        self.work = torch.compile(self.step, mode="max-autotune", dynamic=False) if self.mode == "compiled" else self.step
        self.graphs = {}

    def step(self, size):
        """One training step on the images from self.position on."""
        chosen = self.order[self.position + torch.arange(size, device="cuda")]
        pixels = self.images[chosen]
        if self.augmented:
            maps = workload.affine(torch, torch.rand(size, 6, device="cuda"))
            mirrored = torch.randint(0, 2, (size,), device="cuda")
            pixels = workload.warp(torch, lambda x, i: x.gather(1, i.long()).float(), pixels, maps, mirrored, self.places)
        x = (pixels.float() / 255).view(size, 1, workload.SIDE, workload.SIDE)
        with self.cast():
            loss = F.cross_entropy(self.model(x.contiguous(memory_format=torch.channels_last)), self.labels[chosen])
        self.optimizer.zero_grad(set_to_none=self.mode != "graph")
        loss.backward()
        self.optimizer.step()
        self.loss_sum += loss.detach() * size
        self.position += size

    def capture(self, size):
        """Captures a step as a graph, warm, on a stream of its own as the capture will be."""
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(WARM_STEPS):
                self.position.zero_()
                self.step(size)
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.step(size)
        return graph

    def run(self, size):
        if self.mode != "graph":
            self.work(size)
            return
        if size not in self.graphs:
            at = self.position.clone()
            self.graphs[size] = self.capture(size)
            self.position.copy_(at)
        self.graphs[size].replay()

    def epoch(self):
        self.model.train()
        self.order.copy_(torch.randperm(self.train_images, device="cuda"))
        self.position.zero_()
        self.loss_sum.zero_()
        for _, size in workload.batches(self.train_images, self.batch):
            self.run(size)
        accuracy = self.evaluate()
        return self.loss_sum.item() / self.train_images, accuracy

    @torch.no_grad()
    def evaluate(self):
        self.model.eval()
        right = torch.zeros((), dtype=torch.long, device="cuda")
        for start, size in workload.batches(len(self.test_labels), 1000):
            x = (self.test_images[start : start + size].float() / 255).view(size, 1, workload.SIDE, workload.SIDE)
            with self.cast():
                answers = self.model(x.contiguous(memory_format=torch.channels_last)).argmax(1)
            right += (answers == self.test_labels[start : start + size]).sum()
        return right.item() / len(self.test_labels)


def main():
    parser = workload.arguments(__doc__.splitlines()[0])
    parser.add_argument("--mode", choices=("eager", "compiled", "graph"), default="eager")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        raise SystemExit("PyTorch finds no GPU")
    facts = {
        "peer": f"pytorch-{options.mode}",
        "version": torch.__version__,
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),
        "gpu": torch.cuda.get_device_name(),
    }
    workload.serve(Peer(options), facts)


if __name__ == "__main__":
    main()

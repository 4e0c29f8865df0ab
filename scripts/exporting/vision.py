"""Networks that classify and segment images, and detectors."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

from scripts.exporting.recipe import Made, Recipe
from scripts.exporting.torchvision_ops import load_torchvision


def classifier(name: str, size: int = 224, batch: int = 1) -> Made:
    """Return a classifier of torchvision's."""
    import torch

    model = getattr(load_torchvision().models, name)(weights=None)
    return Made(model, (torch.zeros(batch, 3, size, size),))


def segmenter(name: str, size: int = 256) -> Made:
    """Return a network of torchvision's that names each pixel."""
    import torch

    module = getattr(load_torchvision().models.segmentation, name)(weights=None, weights_backbone=None)
    return Made(module, (torch.zeros(1, 3, size, size),))


def detector(name: str, size: int = 320) -> Made:
    """Return a detector of torchvision's."""
    import torch

    models = load_torchvision().models.detection
    module = getattr(models, name)(weights=None, weights_backbone=None)
    return Made(module, ([torch.rand(3, size, size)],))


def video(name: str) -> Made:
    """Return a classifier of films."""
    import torch

    module = getattr(load_torchvision().models.video, name)(weights=None)
    return Made(module, (torch.zeros(1, 3, 16, 112, 112),))


def timm_model(name: str, size: int = 224) -> Made:
    """Return a network of timm's."""
    import timm
    import torch

    load_torchvision()
    return Made(timm.create_model(name, pretrained=False), (torch.zeros(1, 3, size, size),))


def unet(size: int = 256, width: int = 32) -> Made:
    """Return a U-Net of four levels."""
    import torch
    from torch import nn

    def block(inputs: int, outputs: int) -> nn.Module:
        layers = []
        for channels in (inputs, outputs):
            layers += [nn.Conv2d(channels, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()]
        return nn.Sequential(*layers)

    class UNet(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            sizes = [width << level for level in range(5)]
            self.down = nn.ModuleList(map(block, [3, *sizes[:-1]], sizes))
            self.turn = nn.ModuleList(nn.ConvTranspose2d(2 * n, n, 2, 2) for n in sizes[3::-1])
            self.up = nn.ModuleList(block(2 * n, n) for n in sizes[3::-1])
            self.head = nn.Conv2d(width, 2, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            skips = []
            for level, down in enumerate(self.down):
                x = down(nn.functional.max_pool2d(x, 2) if level else x)
                skips.append(x)
            for turn, up, skip in zip(self.turn, self.up, skips[3::-1], strict=True):
                x = up(torch.cat([turn(x), skip], dim=1))
            return self.head(x)

    return Made(UNet(), (torch.zeros(1, 3, size, size),))


def yolo_with_nms(size: int = 320) -> Made:
    """Return a detector of one stage in the manner of YOLO: three scales, decoded boxes, suppression."""
    import torch
    from torch import nn

    ops = load_torchvision().ops

    def conv(inputs: int, outputs: int, field: int = 3, stride: int = 1) -> nn.Module:
        layers = (nn.Conv2d(inputs, outputs, field, stride, field // 2), nn.BatchNorm2d(outputs), nn.SiLU())
        return nn.Sequential(*layers)

    class Split(nn.Module):
        """Half of the channels through two bottlenecks, all put together."""

        def __init__(self, inputs: int, outputs: int) -> None:
            super().__init__()
            half = outputs // 2
            self.before, self.after = conv(inputs, outputs, 1), conv(2 * outputs, outputs, 1)
            self.inner = nn.ModuleList(nn.Sequential(conv(half, half), conv(half, half)) for _ in range(2))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            parts = list(self.before(x).chunk(2, dim=1))
            for inner in self.inner:
                parts.append(parts[-1] + inner(parts[-1]))
            return self.after(torch.cat(parts, dim=1))

    class Yolo(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            sizes = (16, 32, 64, 128, 256)
            self.stem = conv(3, 16, 3, 2)
            stages = (nn.Sequential(conv(a, b, 3, 2), Split(b, b)) for a, b in pairwise(sizes))
            self.stages = nn.ModuleList(stages)
            self.up = nn.ModuleList([Split(256 + 128, 128), Split(128 + 64, 64)])
            self.down = nn.ModuleList([conv(64, 64, 3, 2), conv(128, 128, 3, 2)])
            self.merge = nn.ModuleList([Split(64 + 128, 128), Split(128 + 256, 256)])
            self.heads = nn.ModuleList(nn.Conv2d(n, 4 + 80, 1) for n in (64, 128, 256))

        def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            x = self.stem(x)
            found = []
            for stage in self.stages:
                x = stage(x)
                found.append(x)
            _, small, middle, large = found
            grow = partial(nn.functional.interpolate, scale_factor=2.0, mode="nearest")
            four = self.up[0](torch.cat([grow(large), middle], dim=1))
            three = self.up[1](torch.cat([grow(four), small], dim=1))
            four = self.merge[0](torch.cat([self.down[0](three), four], dim=1))
            five = self.merge[1](torch.cat([self.down[1](four), large], dim=1))
            scales = zip(self.heads, (three, four, five), strict=True)
            out = torch.cat([head(scale).flatten(2) for head, scale in scales], dim=2)[0].T
            centre, extent, scores = out[:, :2].sigmoid() * size, out[:, 2:4].exp(), out[:, 4:].sigmoid()
            boxes = torch.cat([centre - extent / 2, centre + extent / 2], dim=1)
            best, _ = scores.max(dim=1)
            kept = ops.nms(boxes, best, 0.5)
            return boxes[kept], best[kept]

    return Made(Yolo(), (torch.zeros(1, 3, size, size),))


def _of(make: Callable[..., Made], *names: str) -> dict[str, Recipe]:
    return {name: Recipe(partial(make, name)) for name in names}


def _old(make: Callable[..., Made], *names: str) -> dict[str, Recipe]:
    open_batch = {"image": {0: "batch"}}
    return {name: Recipe(partial(make, name), "torchscript", ("image",), axes=open_batch) for name in names}


def _detectors(*names: str, **options: tuple[str, ...]) -> dict[str, Recipe]:
    return {
        name: Recipe(partial(detector, name), "torchscript", ("image",), options=options.get(name, ()))
        for name in names
    }


#: What the second stages of two detectors read: 1,000 proposals, and 100 objects found.
_PROPOSALS = ("--input-shape", "/inner/roi_heads/box_head/Flatten_output_0=1000,12544")
_MASKS = ("--input-shape", "/inner/roi_heads/mask_roi_pool/ScatterElements_3_output_0=100,256,14,14")

RECIPES: dict[str, Recipe] = {
    **_of(classifier, "resnet50", "efficientnet_b0", "regnet_y_400mf", "vit_b_16", "swin_t", "convnext_tiny"),
    **_old(classifier, "mobilenet_v3_large", "shufflenet_v2_x1_0", "mnasnet1_0", "googlenet"),
    **_of(classifier, "maxvit_t", "swin_v2_t"),
    "resnet18_batch8": Recipe(partial(classifier, "resnet18", batch=8)),
    **_of(segmenter, "deeplabv3_resnet50", "lraspp_mobilenet_v3_large"),
    **_of(video, "r3d_18", "mvit_v2_s"),
    **_of(timm_model, "mobilevit_s", "mixer_b16_224", "hrnet_w18_small", "efficientformerv2_s0"),
    "unet": Recipe(unet),
    "yolo_with_nms": Recipe(yolo_with_nms, "torchscript", ("image",)),
    **_detectors("ssd300_vgg16", "ssdlite320_mobilenet_v3_large", "retinanet_resnet50_fpn"),
    **_detectors("fcos_resnet50_fpn"),
    **_detectors("fasterrcnn_resnet50_fpn", fasterrcnn_resnet50_fpn=_PROPOSALS),
    **_detectors("maskrcnn_resnet50_fpn", maskrcnn_resnet50_fpn=(*_PROPOSALS, *_MASKS)),
}

"""Speech, recurrent networks, and networks of images and text together."""

from __future__ import annotations

from functools import partial
from typing import Any

from scripts.exporting.recipe import Made, Recipe
from scripts.exporting.text import _built, _ids, _small


def whisper_tiny() -> Made:
    """Return Whisper's tiny network: a spectrogram of 30 s, four tokens of text."""
    import torch

    sizes = {"encoder_layers": 4, "decoder_layers": 4, "d_model": 384}
    heads = {"encoder_attention_heads": 6, "decoder_attention_heads": 6}
    widths = {"encoder_ffn_dim": 1536, "decoder_ffn_dim": 1536}
    plain = {"use_cache": False}
    model = _built("WhisperForConditionalGeneration", "WhisperConfig", **sizes, **heads, **widths, **plain)
    return Made(model, (), {"input_features": torch.zeros(1, 80, 3000), "decoder_input_ids": _ids(4)})


def waves(model: str, config: str, **changes: Any) -> Made:
    """Return a network that reads a second of sound."""
    import torch

    module = _built(model, config, **changes)
    return Made(module, (torch.zeros(1, 16000),))


def conformer() -> Made:
    """Return the encoder of a Conformer of four blocks, its position folded into the convolution."""
    import torch
    from torch import nn

    class Block(nn.Module):
        def __init__(self, width: int = 144, heads: int = 4, field: int = 31) -> None:
            super().__init__()
            self.feed = nn.ModuleList(
                nn.Sequential(
                    nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.SiLU(), nn.Linear(4 * width, width)
                )
                for _ in range(2)
            )
            self.norm, self.attention = nn.LayerNorm(width), nn.MultiheadAttention(width, heads)
            self.convolution = nn.Sequential(
                nn.Conv1d(width, 2 * width, 1),
                nn.GLU(dim=1),
                nn.Conv1d(width, width, field, padding=field // 2, groups=width),
                nn.BatchNorm1d(width),
                nn.SiLU(),
                nn.Conv1d(width, width, 1),
            )
            self.before, self.after = nn.LayerNorm(width), nn.LayerNorm(width)

        def forward(self, x: Any) -> Any:
            x = x + self.feed[0](x) / 2
            normed = self.norm(x)
            x = x + self.attention(normed, normed, normed)[0]
            x = x + self.convolution(self.before(x).permute(1, 2, 0)).permute(2, 0, 1)
            return self.after(x + self.feed[1](x) / 2)

    class Conformer(nn.Module):
        def __init__(self, width: int = 144) -> None:
            super().__init__()
            self.front = nn.Sequential(
                nn.Conv2d(1, width, 3, 2), nn.ReLU(), nn.Conv2d(width, width, 3, 2), nn.ReLU()
            )
            self.flat = nn.Linear(width * 19, width)
            self.blocks = nn.Sequential(*(Block() for _ in range(4)))

        def forward(self, x: Any) -> Any:
            x = self.front(x[:, None]).permute(2, 0, 1, 3).flatten(2)
            return self.blocks(self.flat(x))

    return Made(Conformer(), (torch.zeros(1, 400, 80),))


def crnn() -> Made:
    """Return an OCR network: convolutions over a line of text, two bidirectional LSTMs."""
    import torch
    from torch import nn

    class Crnn(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            sizes, pools = (1, 64, 128, 256, 256, 512, 512), (2, 2, None, (2, 1), None, (2, 1))
            layers: list[nn.Module] = []
            for inputs, outputs, pool in zip(sizes[:-1], sizes[1:], pools, strict=True):
                layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU()]
                layers += [nn.MaxPool2d(pool)] if pool else []
            self.features = nn.Sequential(*layers, nn.Conv2d(512, 512, 2), nn.ReLU())
            self.sequence = nn.LSTM(512, 256, 2, bidirectional=True)
            self.head = nn.Linear(512, 37)

        def forward(self, image: Any) -> Any:
            x = self.features(image).squeeze(2).permute(2, 0, 1)
            return self.head(self.sequence(x)[0])

    return Made(Crnn(), (torch.zeros(1, 1, 32, 128),))


def recurrent(kind: str, steps: int = 64) -> Made:
    """Return a language model of two recurrent layers."""
    import torch
    from torch import nn

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.words = nn.Embedding(5000, 256)
            self.layers = getattr(nn, kind)(256, 512, 2, batch_first=True)
            self.head = nn.Linear(512, 5000)

        def forward(self, ids: Any) -> Any:
            return self.head(self.layers(self.words(ids))[0])

    return Made(Model(), (torch.zeros(1, steps, dtype=torch.int64),))


def deep_speech() -> Made:
    """Return a network in the manner of Deep Speech 2: two convolutions, three bidirectional GRUs."""
    import torch
    from torch import nn

    class DeepSpeech(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.front = nn.Sequential(
                nn.Conv2d(1, 32, (41, 11), (2, 2), (20, 5)),
                nn.BatchNorm2d(32),
                nn.Hardtanh(0, 20),
                nn.Conv2d(32, 32, (21, 11), (2, 1), (10, 5)),
                nn.BatchNorm2d(32),
                nn.Hardtanh(0, 20),
            )
            self.layers = nn.GRU(32 * 41, 512, 3, bidirectional=True)
            self.head = nn.Linear(1024, 29)

        def forward(self, spectrogram: Any) -> Any:
            x = self.front(spectrogram).flatten(1, 2).permute(2, 0, 1)
            return self.head(self.layers(x)[0])

    return Made(DeepSpeech(), (torch.zeros(1, 1, 161, 200),))


def image_and_text(model: str, config: str) -> Made:
    """Return two encoders, of an image and of a line of text."""
    import torch

    module = _built(model, config)
    size = module.config.vision_config.image_size
    inputs = {"input_ids": _ids(getattr(module.config.text_config, "max_position_embeddings", 77))}
    return Made(module, (), {**inputs, "pixel_values": torch.zeros(1, 3, size, size)})


def images(model: str, config: str, size: int, **changes: Any) -> Made:
    """Return a network of transformers that reads an image."""
    import torch

    return Made(_built(model, config, **changes), (torch.zeros(1, 3, size, size),))


def detr() -> Made:
    """Return DETR with the ResNet-50 of torchvision: the published form in fifty lines."""
    import torch
    from torch import nn

    from scripts.exporting.torchvision_ops import load_torchvision

    class Detr(nn.Module):
        def __init__(self, width: int = 256) -> None:
            super().__init__()
            body = load_torchvision().models.resnet50(weights=None)
            self.body = nn.Sequential(*list(body.children())[:-2])
            self.narrow = nn.Conv2d(2048, width, 1)
            self.transformer = nn.Transformer(width, 8, 6, 6, 2048)
            self.queries = nn.Parameter(torch.rand(100, 1, width))
            self.rows, self.columns = (nn.Parameter(torch.rand(50, width // 2)) for _ in range(2))
            self.classes, self.boxes = nn.Linear(width, 92), nn.Linear(width, 4)

        def forward(self, image: Any) -> tuple[Any, Any]:
            x = self.narrow(self.body(image))
            height, width = x.shape[-2:]
            columns = self.columns[:width].unsqueeze(0).repeat(height, 1, 1)
            rows = self.rows[:height].unsqueeze(1).repeat(1, width, 1)
            places = torch.cat([columns, rows], dim=-1).flatten(0, 1).unsqueeze(1)
            x = self.transformer(places + 0.1 * x.flatten(2).permute(2, 0, 1), self.queries)
            return self.classes(x), self.boxes(x).sigmoid()

    return Made(Detr(), (torch.zeros(1, 3, 512, 512),))


RECIPES: dict[str, Recipe] = {
    "whisper_tiny": Recipe(whisper_tiny),
    "wav2vec2_base": _small(waves, "Wav2Vec2ForCTC", "Wav2Vec2Config"),
    "hubert_base": _small(waves, "HubertModel", "HubertConfig"),
    "conformer": Recipe(conformer),
    "deep_speech": Recipe(deep_speech, "torchscript", ("spectrogram",)),
    "crnn_ocr": Recipe(crnn, "torchscript", ("image",)),
    "lstm_language": Recipe(partial(recurrent, "LSTM")),
    "gru_language": Recipe(partial(recurrent, "GRU"), "torchscript", ("ids",), {"ids": {0: "batch"}}),
    "rnn_language": Recipe(partial(recurrent, "RNN"), "torchscript", ("ids",)),
    "clip": Recipe(partial(image_and_text, "CLIPModel", "CLIPConfig")),
    "siglip": Recipe(partial(image_and_text, "SiglipModel", "SiglipConfig")),
    "detr": Recipe(detr),
    "yolos_tiny": _small(
        images,
        "YolosForObjectDetection",
        "YolosConfig",
        size=512,
        image_size=[512, 864],
        hidden_size=192,
        num_hidden_layers=12,
        num_attention_heads=3,
        intermediate_size=768,
    ),
    "segformer": _small(images, "SegformerForSemanticSegmentation", "SegformerConfig", size=256),
    "dinov2_small": _small(
        images,
        "Dinov2Model",
        "Dinov2Config",
        size=224,
        image_size=224,
        hidden_size=384,
        num_attention_heads=6,
    ),
}

"""A small addition to an encoder's weights, switched on for some texts: LoRA (Hu et al., 2021).

A linear layer ``W x`` becomes ``W x + share * 2 * B (A x)``, A of shape (rank, inputs) and B of shape (outputs, rank).
With a share of 0 the encoder is what it was, so passages keep their vectors; with 1 it reads a text as the adapter was
trained to. One set of weights in memory serves both.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

_SCALE = 2.0
_share: ContextVar["torch.Tensor | None"] = ContextVar("adapter_share", default=None)


def load_adapter(model: str) -> "Mapping[str, torch.Tensor] | None":
    """Tensors of the adapter that comes for a model, ``<module>.a`` and ``<module>.b`` of each adapted one; None where
    there is none for it."""
    from safetensors.torch import load_file

    resource = files("ingest") / "adapters" / f"{model}.safetensors"
    if not resource.is_file():
        return None
    with as_file(resource) as path:
        tensors: Mapping[str, torch.Tensor] = {name: tensor.float() for name, tensor in load_file(path).items()}
    return tensors


def attach_adapter(encoder: Any, tensors: "Mapping[str, torch.Tensor]") -> None:
    """Put the adapter's tensors beside the linear layers of ``encoder`` that they are named after."""
    for name in sorted({tensor.rpartition(".")[0] for tensor in tensors}):
        parent, _, child = name.rpartition(".")
        module = encoder.get_submodule(parent)
        setattr(module, child, build_adapted(getattr(module, child), tensors[f"{name}.a"], tensors[f"{name}.b"]))


def build_adapted(linear: Any, a: "torch.Tensor", b: "torch.Tensor") -> Any:
    """``linear`` with the addition; ``a`` and ``b`` can be trained, ``linear`` is left as it is."""
    import torch

    class AdaptedLinear(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = linear
            self.a = torch.nn.Parameter(a)
            self.b = torch.nn.Parameter(b)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            share = _share.get()
            plain: torch.Tensor = self.linear(x)
            if share is None:
                return plain
            change = torch.nn.functional.linear(torch.nn.functional.linear(x, self.a), self.b)
            return plain + share * _SCALE * change

    return AdaptedLinear()


@contextmanager
def adapted(share: "torch.Tensor | None" = None) -> Iterator[None]:
    """Whatever this thread encodes inside is read through the adapter; ``share`` is 1 unless told."""
    import torch

    token = _share.set(torch.ones(()) if share is None else share)
    try:
        yield
    finally:
        _share.reset(token)


def current_share() -> "torch.Tensor":
    """0-dimensional: how much of the adapter counts for what this thread encodes now."""
    import torch

    share = _share.get()
    return torch.zeros(()) if share is None else share

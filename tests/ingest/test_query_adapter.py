"""The addition to a linear layer, counted by hand; and the one that comes with the bundled model."""

import pytest
import torch

from ingest.bundled_model import BUNDLED_MODEL
from ingest.query_adapter import adapted, attach_adapter, build_adapted, current_share, load_adapter

X = torch.tensor([[1.0, 2.0]])


def build_linear() -> torch.nn.Linear:
    linear = torch.nn.Linear(2, 3, bias=False)
    linear.weight = torch.nn.Parameter(torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
    return linear


def test_the_addition_counts_inside_and_by_its_share() -> None:
    a, b = torch.tensor([[1.0, 1.0]]), torch.tensor([[0.5], [0.0], [-1.0]])
    layer = build_adapted(build_linear(), a, b)
    plain = torch.tensor([[1.0, 2.0, 3.0]])
    torch.testing.assert_close(layer(X), plain)
    # 2 * B (A x) with A x = 3.
    with adapted():
        torch.testing.assert_close(layer(X), plain + torch.tensor([[3.0, 0.0, -6.0]]))
        with adapted(torch.tensor(0.5)):
            torch.testing.assert_close(layer(X), plain + torch.tensor([[1.5, 0.0, -3.0]]))
        assert float(current_share()) == 1.0
    assert float(current_share()) == 0.0
    torch.testing.assert_close(layer(X), plain)


def test_it_is_switched_off_again_after_an_error() -> None:
    with pytest.raises(RuntimeError), adapted():
        raise RuntimeError
    assert float(current_share()) == 0.0


def test_tensors_find_the_layers_that_they_are_named_after() -> None:
    network = torch.nn.Sequential(torch.nn.Sequential(build_linear()), torch.nn.Linear(3, 1))
    before = network(X)
    attach_adapter(network, {"0.0.a": torch.ones(1, 2), "0.0.b": torch.ones(3, 1)})
    torch.testing.assert_close(network(X), before)
    with adapted():
        assert not torch.allclose(network(X), before)
    with pytest.raises(AttributeError):
        attach_adapter(network, {"7.a": torch.ones(1, 2), "7.b": torch.ones(3, 1)})


def test_there_is_one_for_the_bundled_model_and_none_for_others() -> None:
    tensors = load_adapter(BUNDLED_MODEL)
    assert tensors is not None
    names = {name.rpartition(".")[0] for name in tensors}
    assert names == {name.rpartition(".")[0] for name in tensors if name.endswith(".b")}
    assert {tuple(tensor.shape) for name, tensor in tensors.items() if name.endswith("query.a")} == {(8, 384)}
    assert load_adapter("BAAI/bge-small-zh-v1.5") is None

"""The network as an object of explanation: exact gradients, a fine last map, and an answer that no neighbour changes."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from model_zoo.classifiers.residual import LocalResidualNet, LogSumExpPool
from model_zoo.engine.inference import CLASSIFIERS
from model_zoo.segmenters import SEGMENTERS
from tests.tiny_zoo import randomise, tiny_network

OUTPUTS = 5


@pytest.fixture(scope="module")
def network() -> LocalResidualNet:
    """The shipped architecture with weights and statistics as after training."""
    network = LocalResidualNet(OUTPUTS).eval()
    generator = torch.Generator().manual_seed(1)
    for name, value in network.state_dict().items():
        if name.endswith("running_var"):
            value.copy_(0.5 + torch.rand(value.shape, generator=generator))
    return network.requires_grad_(False)


def _noise(*shape: int, seed: int = 3) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)).clamp(-1.5, 1.5)


def _registered() -> list[tuple[str, nn.Module]]:
    classifiers = [(entry.name, entry.build(OUTPUTS)) for entry in CLASSIFIERS]
    return classifiers + [(entry.name, entry.build()) for entry in SEGMENTERS]


@pytest.mark.parametrize(("name", "built"), _registered(), ids=[name for name, _ in _registered()])
def test_no_registered_network_changes_a_tensor_in_place(name: str, built: nn.Module) -> None:
    guilty = [path for path, module in built.named_modules() if getattr(module, "inplace", False)]
    assert not guilty


@pytest.mark.parametrize(("name", "built"), _registered(), ids=[name for name, _ in _registered()])
def test_no_activation_is_used_twice_in_one_pass(name: str, built: nn.Module) -> None:
    """Hooks of attribution methods hang on modules: a module that runs twice keeps only its last call."""
    calls: dict[str, int] = {}
    for path, module in built.named_modules():
        if not list(module.children()):
            module.register_forward_hook(lambda *_, path=path: calls.__setitem__(path, calls.get(path, 0) + 1))
    with torch.no_grad():
        built.eval()(_noise(1, 1, 64, 64))
    assert calls
    assert set(calls.values()) == {1}


def test_gradients_of_the_tiny_network_are_right() -> None:
    tiny = tiny_network()
    randomise(tiny)
    tiny = tiny.double().eval().requires_grad_(False)
    x = _noise(1, 1, 16, 16).double().requires_grad_(True)
    # ``forward`` casts to float32 before pooling, which no finite difference survives; this is the same composition.
    assert torch.autograd.gradcheck(lambda t: tiny.pool(tiny.local_logits(t)), (x,), eps=1e-7, atol=1e-5)


def test_gradients_of_the_shipped_architecture_match_finite_differences(network: LocalResidualNet) -> None:
    exact = LocalResidualNet(OUTPUTS).double().eval()
    exact.load_state_dict(network.state_dict())
    x = _noise(1, 1, 64, 64).double().requires_grad_(True)
    logits = exact.pool(exact.local_logits(x))
    torch.testing.assert_close(exact(x).float(), logits.float(), rtol=1e-4, atol=1e-5)
    for target in (0, OUTPUTS - 1):
        (gradient,) = torch.autograd.grad(logits[0, target], x, retain_graph=True)
        direction = _noise(1, 1, 64, 64, seed=9 + target).double()
        with torch.no_grad():
            ahead, behind = (exact.pool(exact.local_logits(x + e * direction))[0, target] for e in (1e-7, -1e-7))
        torch.testing.assert_close((ahead - behind) / 2e-7, (gradient * direction).sum(), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize(("height", "width"), [(128, 128), (64, 96)])
def test_the_last_map_has_stride_8(network: LocalResidualNet, height: int, width: int) -> None:
    with torch.no_grad():
        features = network.features(_noise(1, 1, height, width))
        local = network.local_logits(_noise(1, 1, height, width))
    assert network.stride == 8
    assert features.shape[2:] == (height // 8, width // 8)
    assert local.shape == (1, OUTPUTS, height // 8, width // 8)


def test_centring_the_map_changes_no_logit() -> None:
    tiny = tiny_network().eval()
    randomise(tiny)
    x = _noise(2, 1, 48, 48)
    with torch.no_grad():
        logits, features = tiny(x), tiny.features(x)
        tiny.centre_on(features.mean((0, 2, 3)))
        torch.testing.assert_close(tiny(x), logits, rtol=0, atol=1e-5)
        centred = tiny.features(x)
    assert float(features.mean((0, 2, 3)).abs().max()) > 0.01
    torch.testing.assert_close(centred.mean((0, 2, 3)), torch.zeros(features.shape[1]), rtol=0, atol=1e-5)


def test_the_answer_does_not_depend_on_the_batch(network: LocalResidualNet) -> None:
    batch = _noise(4, 1, 64, 64)
    neighbours = torch.cat([batch[:1], 3 * _noise(3, 1, 64, 64, seed=8)])
    with torch.no_grad():
        together, alone, elsewhere = network(batch), network(batch[:1]), network(neighbours)
    assert together.shape == (4, OUTPUTS)
    torch.testing.assert_close(together[:1], alone, rtol=0, atol=1e-4)
    torch.testing.assert_close(together[0], elsewhere[0], rtol=0, atol=1e-6)


def test_eval_leaves_no_chance(network: LocalResidualNet) -> None:
    x = _noise(1, 1, 64, 64)
    with torch.no_grad():
        assert torch.equal(network(x), network(x))


@pytest.mark.parametrize("sharpness", [0.01, 1.5, 20.0])
def test_pooling_lies_between_mean_and_maximum(sharpness: float) -> None:
    pool = LogSumExpPool(OUTPUTS, sharpness)
    local = 3 * _noise(2, OUTPUTS, 7, 9)
    pooled = pool(local)
    mean, highest = local.mean((2, 3)), local.amax((2, 3))
    assert bool((pooled >= mean - 1e-4).all())
    assert bool((pooled <= highest + 1e-4).all())
    share = ((pooled - mean) / (highest - mean)).mean()
    assert share < 0.2 if sharpness == 0.01 else share > 0.2


def test_pooling_known_answers() -> None:
    pool = LogSumExpPool(1)
    torch.testing.assert_close(pool(torch.full((1, 1, 4, 4), 2.5)), torch.tensor([[2.5]]))
    r = 1.5 + 0.05
    local = torch.tensor([[[[0.0, 2.0]]]])
    wanted = torch.log((1 + torch.exp(torch.tensor(r * 2))) / 2) / r
    torch.testing.assert_close(pool(local), wanted.reshape(1, 1))
    with torch.no_grad():
        pool.scale.fill_(3.0)
        pool.shift.fill_(-1.0)
    torch.testing.assert_close(pool(local), 3 * wanted.reshape(1, 1) - 1)

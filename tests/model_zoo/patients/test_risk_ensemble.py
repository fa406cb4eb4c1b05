"""The network and its explanation on toy weights whose answers are known by hand."""

import numpy as np
import pytest
import torch
from captum.attr import IntegratedGradients

from model_zoo.patients.attribution import integrated_gradients
from model_zoo.patients.catalogue import feature
from model_zoo.patients.ensemble import RiskEnsemble
from model_zoo.training.patient_models.common.ensembles import Recipe, encoding_of, fit_ensemble, tensors_of

SPECS = (feature("sodium_mmol_l"), feature("creatinine_umol_l"), feature("diabetes"), feature("cancer"))
NAN = float("nan")


@pytest.fixture(scope="module")
def patients():
    draw = np.random.default_rng(3)
    values = np.stack(
        [draw.normal(138, 5, 400), draw.lognormal(4.6, 0.6, 400), draw.integers(0, 2, 400), draw.integers(0, 3, 400)],
        axis=1,
    )
    values[draw.random((400, 4)) < 0.15] = NAN
    return values


@pytest.fixture(scope="module")
def network(patients):
    torch.manual_seed(5)
    built = RiskEnsemble(encoding_of(patients, SPECS, Recipe(knots=5)), members=3, hidden=6, outcomes=2)
    for parameter in built.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return built.double().eval().requires_grad_(False)


def encoded(network, row, mask=None):
    values = torch.tensor([row], dtype=torch.float64)
    seen = torch.isfinite(values).double() if mask is None else torch.tensor([mask], dtype=torch.float64)
    return network.encode(values, seen)


def test_integrated_gradients_of_a_linear_function_are_its_terms():
    weight = torch.tensor([2.0, -3.0, 0.5], dtype=torch.float64)
    start, end = torch.tensor([1.0, 1.0, 1.0]).double(), torch.tensor([2.0, 5.0, 1.0]).double()
    assert integrated_gradients(lambda x: x @ weight, start, end).tolist() == pytest.approx([2.0, -12.0, 0.0])


def test_integrated_gradients_of_a_product_and_against_captum():
    # f = x0 * x1 from (0, 0) to (2, 3): each input gets half of 6.
    zero, end = torch.zeros(2, dtype=torch.float64), torch.tensor([2.0, 3.0], dtype=torch.float64)
    assert integrated_gradients(lambda x: x[:, 0] * x[:, 1], zero, end).tolist() == pytest.approx([3.0, 3.0])

    def risk(x):
        return torch.sigmoid(x[:, 0] * x[:, 1] - x[:, 0] ** 2)

    ours = integrated_gradients(risk, zero, end)
    theirs = IntegratedGradients(risk).attribute(end[None], zero[None], n_steps=400, method="gausslegendre")[0]
    assert ours.tolist() == pytest.approx(theirs.tolist(), abs=1e-6)


def test_the_value_behind_a_missing_mask_changes_nothing(network):
    mask = [1.0, 0.0, 1.0, 0.0]
    hidden = [
        encoded(network, [138.0, value, 1.0, code], mask) for value, code in ((0, 0), (500, 2), (NAN, 1), (np.inf, 0))
    ]
    for other in hidden[1:]:
        assert torch.equal(hidden[0], other)
    assert torch.isfinite(hidden[0]).all()


def test_missing_is_not_zero_and_not_the_mean(network):
    missing = network.member_logits(encoded(network, [138.0, NAN, 1.0, 0.0]))
    for value in (0.0, 1.0, 100.0):
        assert not torch.allclose(missing, network.member_logits(encoded(network, [138.0, value, 1.0, 0.0])))


def test_the_encoding_is_centred_on_the_training_patients(network, patients):
    x, mask = (tensor.double() for tensor in tensors_of(patients))
    channels = network.encode(x, mask)[:, : len(network.feature)]
    assert channels.mean(dim=0).abs().max() < 1e-6


def test_members_together_equal_members_alone(network, patients):
    x, mask = (tensor.double() for tensor in tensors_of(patients[:7]))
    together = network.member_logits(network.encode(x, mask))
    state = network.state_dict()
    trained = {name for name, _ in network.named_parameters()}
    for member in range(3):
        alone = RiskEnsemble.from_state({n: t[member : member + 1] if n in trained else t for n, t in state.items()})
        assert torch.allclose(alone(x, mask), together[member], atol=1e-5)


def test_training_learns_a_u_shape_and_is_deterministic(patients):
    labels = np.repeat((np.abs(np.nan_to_num(patients[:, :1], nan=138) - 138) > 5).astype(float), 2, axis=1)
    recipe = Recipe(hidden=4, epochs=10, batch=64, drop_value=0.0, drop_phase=0.0, learning_rate=0.03)
    first, _ = fit_ensemble(patients, labels, SPECS, recipe, members=2, seed=1)
    second, _ = fit_ensemble(patients, labels, SPECS, recipe, members=2, seed=1)
    low, middle, high = (float(first(*tensors_of(np.array([[v, 100.0, 0, 0]])))[0, 0]) for v in (126.0, 138.0, 150.0))
    assert low > middle + 1
    assert high > middle + 1
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))

"""``compare``, ``promote``, ``roll-back``, ``history`` and ``evaluate`` on a folder model, as they are typed."""

import json

import pytest

from model_zoo.cli import fit_progress, main
from model_zoo.cli.fit_progress import FitProgress, tensorboard_writer
from model_zoo.training.folder_models.fit import EpochReport


def typed(capsys, *words):
    capsys.readouterr()
    code = main([str(word) for word in words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_commands_compare_promote_refuse_and_record(discs, capsys):
    code, out, _ = typed(capsys, "compare", "discs@1", "discs@2", "--json")
    answer = json.loads(out)
    assert (code, answer["pictures"], answer["test"]) == (0, 13, "paired bootstrap over patients")
    assert set(answer["figures"]) >= {"macro_auc", "accuracy", "macro_f1"}
    assert typed(capsys, "promote", "discs", "2", "--reason", "better", "--who", "AB")[0] == 0
    code, _, err = typed(capsys, "promote", "discs", "2")
    assert code == 2
    assert "current one already" in err
    code, out, _ = typed(capsys, "roll-back", "discs", "--who", "CD")
    assert "Version 1 of 'discs' is in use again" in out
    code, out, _ = typed(capsys, "history", "discs", "--json")
    answer = json.loads(out)
    assert answer["current"] == "1"
    assert [event["action"] for event in answer["events"]] == ["installed", "added", "promoted", "rolled back"]
    assert [event["who"] for event in answer["events"][2:]] == ["AB", "CD"]


def test_a_labelled_folder_serves_for_comparison_and_evaluation(discs, pictures, capsys):
    code, out, _ = typed(capsys, "compare", "discs@1", "discs@2", "--data", pictures)
    assert code == 0
    assert "64 pictures of the folder of 64 patients" in out.replace("\n  ", " ")
    assert "trained or calibrated on 51 of these" in out.replace("\n  ", " ")
    code, out, _ = typed(capsys, "evaluate", "discs", "--data", pictures, "--json")
    answer = json.loads(out)
    # Of 64 pictures 13 were held out: the others say nothing, and the answer says so.
    assert (code, answer["n_films"], answer["trained_on"]) == (0, 64, 51)


def report(epoch):
    return EpochReport(0, epoch, 2, 0.5, 0.6, 0.9, 1e-3, 0.1, best=True)


def test_without_tensorboard_the_training_says_so_and_goes_on(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(fit_progress.importlib.util, "find_spec", lambda name: None)
    assert tensorboard_writer(tmp_path) is None
    with FitProgress() as progress:
        progress.on_start("final", tmp_path)
        progress.on_epoch(report(1))
    text = capsys.readouterr().err
    assert "pip install tensorboard" in text
    assert "Epoch 1 of 2 [############............] loss 0.500" in text


@pytest.mark.optional
def test_with_tensorboard_every_epoch_is_logged(tmp_path, capsys):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    with FitProgress() as progress:
        progress.on_start("final", tmp_path)
        for epoch in (1, 2):
            progress.on_epoch(report(epoch))
    assert "tensorboard --logdir" in capsys.readouterr().err
    events = EventAccumulator(str(tmp_path / "tensorboard" / "final"))
    events.Reload()
    assert [entry.step for entry in events.Scalars("validation_loss")] == [1, 2]

"""The log of alerts: added to alone, nothing twice, no patient data, and no damaged line hides another."""

from __future__ import annotations

import errno
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.records.alert_log import AlertHistory, AlertLog
from model_zoo.alerts import AlertInputs, evaluate, evaluate_hours, hourly_inputs, load_rules, measure_fatigue
from model_zoo.alerts.acknowledge import AcknowledgementInvalid
from model_zoo.errors import CaseUnreadable
from model_zoo.vital_signs.example_stays import example_stay
from model_zoo.vital_signs.news2_hours import score_hours

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def alerts_of_a_stay():
    series = example_stay("pneumonia-sepsis").read()
    return evaluate_hours(load_rules(), hourly_inputs(series, score_hours(series)))


ALERTS = alerts_of_a_stay()


@pytest.fixture
def log(tmp_path):
    return AlertLog(tmp_path / "deep" / "alerts")


def test_alerts_and_acknowledgements_come_back(log):
    raised = log.note("case-1", ALERTS, NOW)
    done = log.acknowledge(raised[0], "AB", "patient-seen", NOW + timedelta(minutes=5))
    found = log.read()
    assert found.raised == raised
    assert found.acknowledged == (done,)
    assert found.damaged == 0
    assert found.of_case("case-2") == AlertHistory()
    assert measure_fatigue(found.raised, found.acknowledged).per_day == len(ALERTS)


def test_a_page_that_is_drawn_again_raises_nothing_twice(log):
    first = log.note("case-1", ALERTS, NOW)
    again = log.note("case-1", ALERTS, NOW + timedelta(hours=1))
    assert again == first
    assert len(log.read().raised) == len(ALERTS)
    assert len(log.note("case-2", ALERTS, NOW)) == len(ALERTS)
    assert len(log.read().raised) == 2 * len(ALERTS)


def test_the_file_holds_no_number_and_no_word_of_the_patient(log):
    alerts = evaluate(load_rules(), AlertInputs(values={"potassium_mmol_l": 7.77}))
    log.acknowledge(log.note("case-1", alerts, NOW)[0], "AB", "known", NOW)
    lines = [json.loads(line) for line in log.path.read_text(encoding="utf-8").splitlines()]
    assert [set(line) for line in lines] == [
        {"schema_version", "kind", "case_id", "key", "rule", "level", "raised_at"},
        {"schema_version", "kind", "case_id", "key", "rule", "by", "reason", "acknowledged_at"},
    ]
    assert "7.77" not in json.dumps(lines)


def test_the_file_is_the_owners_alone(log):
    log.note("case-1", ALERTS, NOW)
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.folder.stat().st_mode) == 0o700


def test_a_log_that_was_never_used_is_empty_and_makes_nothing(log):
    assert log.read() == AlertHistory()
    assert log.note("case-1", ()) == ()
    assert not log.folder.exists()


RAISED = {
    "schema_version": 1, "kind": "raised", "case_id": "a", "key": "k", "rule": "r", "level": "info",
    "raised_at": "2026-03-01T09:00:00+00:00",
}  # fmt: skip
ACKNOWLEDGED = {
    "schema_version": 1, "kind": "acknowledged", "case_id": "a", "key": "k", "rule": "r", "by": "b", "reason": "known",
    "acknowledged_at": "2026-03-01T09:00:00+00:00",
}  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '"text"',
        json.dumps(RAISED | {"schema_version": 2}),
        json.dumps({name: value for name, value in RAISED.items() if name != "key"}),
        json.dumps(RAISED | {"level": "loud"}),
        json.dumps(RAISED | {"raised_at": "2026-03-01T09:00:00"}),
        json.dumps(RAISED | {"case_id": 3}),
        json.dumps(RAISED | {"name": "x"}),
        json.dumps(ACKNOWLEDGED | {"reason": "mood"}),
        json.dumps(ACKNOWLEDGED | {"acknowledged_at": "x"}),
    ],
)
def test_a_damaged_line_is_counted_and_hides_no_other(log, line):
    log.note("case-1", ALERTS[:1], NOW)
    with log.path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    log.note("case-2", ALERTS[:1], NOW)
    found = log.read()
    assert (len(found.raised), found.damaged) == (2, 1)


def test_the_lines_of_the_damage_test_are_whole_without_their_damage(log):
    log.note("case-1", ALERTS[:1], NOW)
    with log.path.open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps(RAISED)}\n{json.dumps(ACKNOWLEDGED)}\n")
    found = log.read()
    assert (len(found.raised), len(found.acknowledged), found.damaged) == (2, 1, 0)


def test_a_line_that_a_crash_left_torn_costs_only_itself(log):
    log.note("case-1", ALERTS[:1], NOW)
    with log.path.open("a", encoding="utf-8") as file:
        file.write('{"schema_version": 1, "kind"')
    log.note("case-2", ALERTS[:1], NOW)
    found = log.read()
    assert ([entry.case_id for entry in found.raised], found.damaged) == (["case-1", "case-2"], 1)


def test_eight_threads_at_once_lose_and_mix_nothing(log):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: log.note(f"case-{i}", ALERTS, NOW), range(24)))
    found = log.read()
    assert (len(found.raised), found.damaged) == (24 * len(ALERTS), 0)


def test_without_reason_person_or_case_nothing_is_written(log):
    with pytest.raises(AcknowledgementInvalid):
        log.note("Jane Roe", ALERTS)
    raised = log.note("case-1", ALERTS[:1], NOW)
    size = log.path.stat().st_size
    for by, reason in (("", "known"), ("AB", "mood")):
        with pytest.raises(AcknowledgementInvalid):
            log.acknowledge(raised[0], by, reason)
    assert log.path.stat().st_size == size


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    with pytest.raises(CaseUnreadable):
        AlertLog(tmp_path / "taken" / "alerts").note("case-1", ALERTS, NOW)


@pytest.mark.parametrize("where", ["write", "fsync"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_an_acknowledgement_that_is_not_on_the_disk_is_refused_and_costs_no_other(log, monkeypatch, where, code):
    raised = log.note("case-1", ALERTS, NOW)
    kept = log.acknowledge(raised[0], "AB", "known", NOW)

    def refuse(*_):
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patched:
        patched.setattr(os, where, refuse)
        with pytest.raises(CaseUnreadable, match="Nothing was noted"):
            log.acknowledge(raised[1], "AB", "known", NOW)
    assert log.read() == AlertHistory(raised, (kept,))


def test_a_disk_that_takes_half_a_line_is_noticed(log, monkeypatch):
    raised = log.note("case-1", ALERTS, NOW)
    whole, room = os.write, [40]

    def fills_up(handle, data):
        part = bytes(data)[: room[0]]
        room[0] = 0
        return whole(handle, part)

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", fills_up)
        with pytest.raises(CaseUnreadable, match="the disk is full"):
            log.acknowledge(raised[0], "AB", "known", NOW)
    assert log.read() == AlertHistory(raised)


@pytest.mark.parametrize("what", ["pipe", "link", "folder"])
def test_a_log_that_is_no_plain_file_is_neither_read_nor_written(log, tmp_path, what):
    log.folder.mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"")
    {"pipe": os.mkfifo, "link": lambda path: path.symlink_to(elsewhere), "folder": os.mkdir}[what](log.path)
    with pytest.raises(CaseUnreadable):
        log.read()
    with pytest.raises(CaseUnreadable):
        log._append([{"kind": "raised"}])
    assert elsewhere.read_bytes() == b""


@pytest.mark.parametrize(
    "line",
    ["[" * 100_000, '{"schema_version": 1, "kind": ["raised"]}', json.dumps(RAISED | {"level": None}),
     json.dumps(RAISED | {"case_id": "../x"}), json.dumps(RAISED)[:-1] + ', "case_id": "b"}'],
)  # fmt: skip
def test_further_damaged_lines_are_counted(log, line):
    log.note("case-1", ALERTS[:1], NOW)
    with log.path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    assert log.read().damaged == 1

# SPDX-License-Identifier: MIT
"""Crashes lose no story and ring none twice. The long run is crash.py's own."""

import os

import pytest
from conftest import BUILD
from crash import Crashes, run

# Every change of the state's files that a start, a poll with news and a press of the button make.
CHANGES = 30


def test_kills_at_random_moments_lose_nothing_and_ring_nothing_twice():
    rounds = int(os.environ.get("WIREBELL_CRASH_ROUNDS", "120"))
    seed = int(os.environ.get("WIREBELL_SEED", str(os.getpid())))
    print(f"seed {seed}")
    crashes = run(BUILD, rounds, seed)
    assert crashes.desk.raised and crashes.desk.acknowledged


@pytest.mark.parametrize("fault", ["kill", "torn"])
def test_death_at_each_change_of_the_state_loses_nothing(tmp_path, fault):
    with Crashes(BUILD, tmp_path, 1) as crashes:
        crashes.first_look()
        for change in range(1, CHANGES + 1):
            crashes.round({"DISK_FAULT": fault, "DISK_FAULT_AT": str(change)})
        crashes.quiet_look()

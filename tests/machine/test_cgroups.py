"""Limits of containers, read from files as the kernel writes them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from wse_cp.machine.cgroups import cpu_quota, memory_left
from wse_cp.machine.cores import usable_cores
from wse_cp.machine.memory import memory_left as left_in_all

MB = 10**6
NO_LIMIT_V1 = 9223372036854771712
PLAIN = "22 1 254:0 / / rw,relatime - ext4 /dev/root rw"


def machine(tmp_path: Path, membership: str, mounts: list[str], files: Mapping[str, object]) -> Path:
    """Return a folder like /proc/self; `{}` in a mount stands for the folder that `files` are in."""
    groups, proc = tmp_path / "groups", tmp_path / "proc"
    proc.mkdir()
    groups.mkdir()
    (proc / "cgroup").write_text(membership)
    (proc / "mountinfo").write_text("\n".join([PLAIN, *(line.format(groups) for line in mounts)]) + "\n")
    for name, content in files.items():
        path = groups / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{content}\n")
    return proc


V2 = "35 31 0:32 / {} rw,nosuid - cgroup2 cgroup2 rw,nsdelegate"
V1_MEMORY = "36 31 0:33 / {}/memory rw,relatime - cgroup cgroup rw,memory"
V1_CPU = "37 31 0:34 / {}/cpu\\040and\\040acct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct"


def test_version_2_in_a_namespace_of_its_own(tmp_path: Path) -> None:
    files = {
        "memory.max": 500 * MB,
        "memory.current": 200 * MB,
        "memory.stat": f"anon 90\nfile 3\ninactive_file {50 * MB}\nactive_file 7",
        "cpu.max": "150000 100000",
    }
    proc = machine(tmp_path, "0::/\n", [V2], files)
    assert memory_left(proc) == 350 * MB
    assert cpu_quota(proc) == 1.5


def test_groups_above_count_too(tmp_path: Path) -> None:
    files = {
        "pod/memory.max": 300 * MB,
        "pod/memory.current": 250 * MB,
        "pod/box/memory.max": "max",
        "pod/box/memory.current": 240 * MB,
        "pod/cpu.max": "max 100000",
        "pod/box/cpu.max": "50000 200000",
    }
    proc = machine(tmp_path, "0::/pod/box\n", [V2], files)
    assert memory_left(proc) == 50 * MB
    assert cpu_quota(proc) == 0.25


def test_version_1_with_controllers_that_share_a_mount(tmp_path: Path) -> None:
    files = {
        "memory/docker/abc/memory.limit_in_bytes": 800 * MB,
        "memory/docker/abc/memory.usage_in_bytes": 100 * MB,
        "memory/docker/abc/memory.stat": f"cache 5\ninactive_file 1\ntotal_inactive_file {30 * MB}",
        "memory/memory.limit_in_bytes": NO_LIMIT_V1,
        "memory/memory.usage_in_bytes": 2000 * MB,
        "cpu and acct/docker/abc/cpu.cfs_quota_us": 300000,
        "cpu and acct/docker/abc/cpu.cfs_period_us": 100000,
        "cpu and acct/cpu.cfs_quota_us": -1,
        "cpu and acct/cpu.cfs_period_us": 100000,
    }
    membership = (
        "9:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n2:name=systemd:/docker/abc\n0::/docker/abc\n"
    )
    proc = machine(tmp_path, membership, [V1_MEMORY, V1_CPU], files)
    assert memory_left(proc) == 730 * MB
    assert cpu_quota(proc) == 3


def test_a_group_that_is_mounted_as_the_top(tmp_path: Path) -> None:
    """As Docker mounts them with version 1: the path is the host's, what is mounted is the group itself."""
    mount = "36 31 0:33 /docker/abc {}/memory ro - cgroup cgroup rw,memory"
    files = {"memory/memory.limit_in_bytes": 64 * MB, "memory/memory.usage_in_bytes": 60 * MB}
    proc = machine(tmp_path, "9:memory:/docker/abc\n", [mount], files)
    assert memory_left(proc) == 4 * MB


@pytest.mark.parametrize("path", ["/elsewhere/box", "/../../host", "/docker/abcd"])
def test_of_a_group_out_of_sight_the_top_counts(tmp_path: Path, path: str) -> None:
    mount = "36 31 0:33 /docker/abc {} ro - cgroup2 cgroup rw"
    proc = machine(tmp_path, f"0::{path}\n", [mount], {"memory.max": 9 * MB, "memory.current": MB})
    assert memory_left(proc) == 8 * MB


def test_above_the_limit_nothing_is_left(tmp_path: Path) -> None:
    proc = machine(tmp_path, "0::/\n", [V2], {"memory.max": 9 * MB, "memory.current": 10 * MB})
    assert memory_left(proc) == 0
    assert left_in_all(proc) == 0


def test_no_limit_is_none(tmp_path: Path) -> None:
    proc = machine(tmp_path, "0::/\n", [V2], {"memory.max": "max", "cpu.max": "max 100000"})
    assert memory_left(proc) is None
    assert cpu_quota(proc) is None


@pytest.mark.parametrize(
    ("membership", "mounts"),
    [("", []), ("nonsense\n", ["nonsense", "1 2 3 - cgroup2"]), ("0::/\n", [V2]), ("0::/a\n\n:::\n", [V2])],
)
def test_odd_files_are_no_limit(tmp_path: Path, membership: str, mounts: list[str]) -> None:
    files = {"memory.max": "what?", "cpu.max": "x", "memory.stat": "inactive_file"}
    proc = machine(tmp_path, membership, mounts, files)
    assert memory_left(proc) is None
    assert cpu_quota(proc) is None


def test_without_the_files_of_linux_there_is_no_limit(tmp_path: Path) -> None:
    assert memory_left(tmp_path / "missing") is None
    assert cpu_quota(tmp_path / "missing") is None
    assert usable_cores(tmp_path / "missing") >= 1


@pytest.mark.parametrize(
    ("allowed", "quota", "usable"),
    [(8, "max 100000", 8), (8, "250000 100000", 2), (2, "900000 100000", 2), (8, "10000 100000", 1)],
)
def test_cores_by_affinity_and_quota(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed: int, quota: str, usable: int
) -> None:
    proc = machine(tmp_path, "0::/\n", [V2], {"cpu.max": quota})
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(allowed)), raising=False)
    assert usable_cores(proc) == usable


def test_this_machine_can_be_asked() -> None:
    assert usable_cores() >= 1
    assert left_in_all() > 0

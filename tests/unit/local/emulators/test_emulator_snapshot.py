import threading

import pytest

from infra.local.emulators.snapshot import Snapshot, SnapshotUnreadable


@pytest.fixture(params=["file", "memory"])
def snapshot(request, tmp_path):
    return Snapshot(tmp_path / "deep" / "state.json" if request.param == "file" else None)


def test_nothing_is_loaded_before_something_was_saved(snapshot):
    assert snapshot.load() is None


def test_what_was_saved_last_is_loaded(snapshot):
    snapshot.save({"tenants": {"a": 1}})
    snapshot.save({"tenants": {"b": 2}})

    assert snapshot.load() == {"tenants": {"b": 2}}


def test_what_is_changed_after_saving_is_not_kept(snapshot):
    state = {"names": ["acme"]}
    snapshot.save(state)

    state["names"].append("globex")

    assert snapshot.load() == {"names": ["acme"]}


def test_a_file_survives_a_restart_and_only_its_owner_may_read_it(tmp_path):
    path = tmp_path / "state.json"

    Snapshot(path).save({"a": 1})

    assert Snapshot(path).load() == {"a": 1}
    assert path.stat().st_mode & 0o077 == 0


def test_a_state_that_cannot_be_written_leaves_the_old_file(tmp_path):
    snapshot = Snapshot(tmp_path / "state.json")
    snapshot.save({"a": 1})

    with pytest.raises(TypeError):
        snapshot.save({"a": object()})

    assert snapshot.load() == {"a": 1}


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_a_file_that_is_no_snapshot_is_named(tmp_path, text):
    path = tmp_path / "state.json"
    path.write_text(text)

    with pytest.raises(SnapshotUnreadable, match=r"state\.json"):
        Snapshot(path).load()


def test_several_threads_may_save_at_once(tmp_path):
    snapshot = Snapshot(tmp_path / "state.json")
    threads = [threading.Thread(target=snapshot.save, args=({"n": [n] * 1000},)) for n in range(10)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(snapshot.load()["n"])) == 1

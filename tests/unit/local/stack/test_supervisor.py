"""The supervisor starts parts, notices what dies, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from infra.local import ports
from infra.local.child import Part
from infra.local.supervisor import PartFailed, Stopped, Supervisor
from infra.local.waiting import until

LISTEN = """
import socket, sys, time
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as server:
    print("listening", flush=True)
    {then}
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + LISTEN.format(
    then="time.sleep(60)"
)
ORPHAN = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdin=subprocess.PIPE)
print(child.pid, flush=True)
time.sleep(60)
"""
TIED = "import time; from infra.local.lifeline import leave_with_parent; leave_with_parent(); time.sleep(60)"


@pytest.fixture
def said():
    return []


@pytest.fixture
def supervisor(tmp_path, said):
    supervisor = Supervisor(os.environ, tmp_path, said.append)
    yield supervisor
    supervisor.ask_to_stop()
    supervisor.ask_to_stop()
    supervisor.stop()


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def a_listener(port, then="time.sleep(60)", program=LISTEN):
    return Part("toy", [sys.executable, "-c", program.format(then=then), str(port)], [port])


def a_command(program):
    return Part("command", [sys.executable, "-c", program], [])


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_part_is_ready_when_its_port_answers(supervisor, said, port, tmp_path):
    supervisor.wait_until_ready([supervisor.start(a_listener(port))])

    assert said == ["  toy          ready"]
    assert (tmp_path / "logs" / "toy.log").read_text() == "listening\n"


def test_a_part_that_dies_before_it_is_ready_is_named_with_the_end_of_its_log(supervisor, port):
    broken = Part("toy", [sys.executable, "-c", "raise SystemExit('no room')"], [port])

    with pytest.raises(
        PartFailed, match=r"The toy ended by itself with exit code 1(.|\n)*toy\.log(.|\n)*no room"
    ):
        supervisor.wait_until_ready([supervisor.start(broken)])


def test_a_part_that_dies_later_is_noticed(supervisor, port):
    child = supervisor.start(a_listener(port))
    supervisor.wait_until_ready([child])

    os.kill(child.pid, signal.SIGKILL)

    with pytest.raises(PartFailed, match="toy ended by itself with exit code -9"):
        supervisor.watch()


def test_a_part_that_never_answers_is_given_up(supervisor, port, monkeypatch):
    monkeypatch.setattr("infra.local.supervisor.START", 0.2)
    silent = Part("toy", [sys.executable, "-c", "import time; time.sleep(60)"], [port])

    with pytest.raises(PartFailed, match="toy is not ready"):
        supervisor.wait_until_ready([supervisor.start(silent)])


def test_a_command_is_waited_for_and_its_failure_told(supervisor):
    supervisor.finish(supervisor.start(a_command("print('done')")))

    with pytest.raises(PartFailed, match=r"command failed with exit code 3"):
        supervisor.finish(supervisor.start(a_command("raise SystemExit(3)")))


def test_asking_to_stop_ends_the_watch_and_every_child(supervisor, port):
    child = supervisor.start(a_listener(port))
    supervisor.wait_until_ready([child])
    supervisor.ask_to_stop()

    with pytest.raises(Stopped):
        supervisor.watch()
    supervisor.stop()

    assert not is_alive(child.pid)


def test_the_last_part_ends_before_those_that_it_works_with(supervisor, port, tmp_path):
    telling = f"open({str(tmp_path / 'order')!r}, 'a').write(sys.argv[1] + chr(10))"
    program = f"import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: ({telling}, sys.exit()));"
    told = f"{program} print('up', flush=True); time.sleep(60)"
    children = [
        supervisor.start(Part(name, [sys.executable, "-c", told, name], [port]))
        for name in ("needed", "needing")
    ]
    assert until(lambda: all("up" in child.last_lines() for child in children), 10)

    supervisor.stop()

    assert (tmp_path / "order").read_text().split() == ["needing", "needed"]


def test_a_child_that_ignores_its_sigterm_is_killed(supervisor, port, monkeypatch):
    monkeypatch.setattr("infra.local.supervisor.LAST_STARTED", 0.3)
    child = supervisor.start(a_listener(port, program=STUBBORN))
    supervisor.wait_until_ready([child])

    supervisor.stop()

    assert child.exit_code() == -signal.SIGKILL


def test_asking_a_second_time_kills_at_once(supervisor, port):
    child = supervisor.start(a_listener(port, program=STUBBORN))
    supervisor.wait_until_ready([child])
    supervisor.ask_to_stop()
    stopping = threading.Thread(target=supervisor.stop)
    before = time.monotonic()
    stopping.start()

    supervisor.ask_to_stop()
    stopping.join(10)

    assert time.monotonic() - before < 2
    assert not is_alive(child.pid)


def test_children_share_the_process_group_but_not_its_ctrl_c(supervisor, port):
    child = supervisor.start(a_listener(port))
    supervisor.wait_until_ready([child])

    os.kill(child.pid, signal.SIGINT)

    assert os.getpgid(child.pid) == os.getpgrp()
    assert not until(child.is_dead, 0.3)


def test_a_process_with_a_lifeline_ends_when_its_parent_is_killed():
    program = [sys.executable, "-c", ORPHAN, TIED]
    parent = subprocess.Popen(program, stdout=subprocess.PIPE)  # noqa: S603 (written above)
    pid = int(parent.stdout.readline())
    assert is_alive(pid)

    before = time.monotonic()
    parent.kill()
    parent.wait()
    parent.stdout.read()  # both hold its other end: it ends when both have

    parent.stdout.close()
    assert time.monotonic() - before < 5


def test_free_ports_are_taken_without_a_word(port):
    ports.check({"GATEWAY_PORT": port})


def test_a_taken_port_is_named_with_the_variable_that_moves_it():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(ports.PortTaken, match=rf"Port {port} is taken .* IDENTITY_PORT=\d+ make run"):
            ports.check({"IDENTITY_PORT": port})


def test_a_port_that_is_bound_but_not_listened_to_is_taken_too():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))

        with pytest.raises(ports.PortTaken):
            ports.check({"IDENTITY_PORT": taken.getsockname()[1]})


def test_two_parts_cannot_have_one_port(port):
    with pytest.raises(ports.PortTaken, match="GATEWAY_PORT and AWS_PORT are both"):
        ports.check({"GATEWAY_PORT": port, "AWS_PORT": port})

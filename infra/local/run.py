"""`make run`: the whole platform on this machine, until Ctrl-C."""

import os
import signal
import sys
import time

from infra.local import ports, stack
from infra.local.settings import BadSetting, LocalSettings, child_environment, from_environment
from infra.local.supervisor import PartFailed, Stopped, Supervisor
from infra.local.table import table


def main() -> int:
    """The exit code: 0 after Ctrl-C, 1 when the stack cannot start or a part of it dies."""
    try:
        settings = from_environment(os.environ)
        ports.check(settings.ports())
    except (BadSetting, ports.PortTaken) as error:
        print(error, file=sys.stderr)
        return 1
    supervisor = Supervisor(child_environment(settings, os.environ), settings.folder, _say)
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, supervisor.ask_to_stop)
    return _run(supervisor, settings)


def _run(supervisor: Supervisor, settings: LocalSettings) -> int:
    try:
        _started(supervisor, settings)
        supervisor.watch()
    except Stopped:
        _say("\nstopping")
        return 0
    except PartFailed as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    finally:
        supervisor.stop()


def _started(supervisor: Supervisor, settings: LocalSettings) -> None:
    began = time.monotonic()
    _say("starting the platform")
    stack.start(supervisor, settings)
    _say(f"ready after {time.monotonic() - began:.1f} s\n\n{table(settings)}")


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""What ties a process of the stack to the supervisor: it never outlives it, however that one ends."""

import ctypes
import logging
import os
import signal
import sys
import threading
import time
from typing import NoReturn

LOOK = 0.05  # seconds between two looks


PR_SET_PDEATHSIG = 1  # linux/prctl.h


def leave_with_parent() -> None:
    """End this process when its standard input ends: the supervisor holds the other end and never writes."""
    threading.Thread(target=_wait_for_the_end, name="lifeline", daemon=True).start()


def end_with_parent() -> None:
    """The same for a process that becomes another program: the kernel ends it.

    Linux only; elsewhere that program outlives a supervisor that was killed, and the next start says which
    port it holds.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # with --sync-on-commit nothing is lost


def wait_until_told() -> None:
    """Wait for SIGTERM. Call it from the main thread, once everything runs."""
    told: list[bool] = []  # no Event: set by a signal handler, it can deadlock with its waiter
    signal.signal(signal.SIGTERM, lambda *_: told.append(True))
    while not told:
        time.sleep(LOOK)


def leave() -> NoReturn:
    """End this process now, without waiting for threads that wait for something themselves."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


def _wait_for_the_end() -> None:
    while os.read(sys.stdin.fileno(), 1):  # not through the file object: its lock would hold up a clean exit
        pass
    os._exit(1)

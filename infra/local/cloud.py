"""The pretended AWS as a process of its own: moto's server."""

import logging
import os

from moto.server import ThreadedMotoServer

from infra.local.lifeline import leave, leave_with_parent, wait_until_told
from infra.local.settings import from_environment


def main() -> None:
    leave_with_parent()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # else a line for every poll
    server = ThreadedMotoServer("127.0.0.1", from_environment(os.environ).aws_port, verbose=False)
    server.start()
    wait_until_told()
    leave()  # nothing is kept, and long polls need not be waited for


if __name__ == "__main__":
    main()

"""`python -m qovery_async`: a few commands for people."""

from __future__ import annotations

import sys

from qovery_async.command_line.entry import main

if __name__ == "__main__":
    sys.exit(main())

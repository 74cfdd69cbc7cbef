"""How does a script fetch the kubeconfig of every cluster?

    QOVERY_API_TOKEN=... python examples/kubeconfigs.py ~/.kube/qovery --read-only

Writes one file for each cluster, which only its owner can read, and prints the names of the files, never their
content. The exit code is 1 if a cluster has given none, such as one that was never deployed.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from functools import partial
from pathlib import Path

from qovery_sync import Qovery, QoveryError
from qovery_sync.models import Cluster


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Writes the kubeconfig of every cluster into a folder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--read-only", action="store_true", help="access that can change nothing")
    return parser.parse_args()


def file_name(cluster: Cluster) -> str:
    """Of the name, what is safe in a path, and of the id, since two clusters may have one name."""
    return f"{re.sub(r'[^A-Za-z0-9-]+', '-', cluster.name).strip('-')}-{cluster.id[:8]}.yaml"


def write_private(path: Path, text: str) -> None:
    """Nobody else can read the file at any moment, and one that was there before is replaced whole."""
    handle, temporary = tempfile.mkstemp(dir=path.parent)  # with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink()
        raise


def main() -> int:
    args = arguments()
    try:
        client = Qovery()
        clusters = client.clusters.list()
    except QoveryError as error:
        print(f"kubeconfigs: {error}", file=sys.stderr)
        return 1
    args.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    failed = 0
    get = partial(client.clusters.kubeconfig.get, read_only=args.read_only)
    for outcome in client.bulk.stream(get, [cluster.id for cluster in clusters]):
        cluster = clusters[outcome.index]
        if outcome.error is not None:
            print(f"{cluster.name}: {outcome.error}", file=sys.stderr)
            failed += 1
            continue
        path = args.folder / file_name(cluster)
        write_private(path, outcome.result)
        print(path)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

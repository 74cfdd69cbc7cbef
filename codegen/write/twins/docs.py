"""How does a docstring read in the blocking face?"""

from __future__ import annotations

import re
import textwrap


def docstring(text: str, indent: str) -> str:
    """A docstring, its examples turned: what stands between backticks or after a prompt."""
    turned = re.sub(r"`[^`]+`|^ *>>> .*", _example, text, flags=re.MULTILINE)
    turned = turned.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    closing = f"\n{indent}" if "\n" in turned else ""
    return textwrap.indent(f'"""{turned}', indent) + f'{closing}"""\n'


def _example(code: re.Match[str]) -> str:
    return re.sub(r"\bawait (?=\w)|\basync (?=for\b|with\b)", "", code[0]).replace("AsyncQovery", "Qovery")

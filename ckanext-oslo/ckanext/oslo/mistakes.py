"""Mistakes in files that people edit: where they stand, and what was expected there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """One mistake in a file. ``line`` counts from 1; as text it is ``file:line: what was expected``."""

    file: str
    line: int
    expected: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.expected}"

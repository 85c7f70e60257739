"""What the portal is fed with: invented samples, recorded snapshots, or the live portals."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from operations.steps import StepError, write_private


@dataclass(frozen=True)
class Mode:
    """The feed that was chosen last, kept in the state so that a later ``up`` means the same."""

    feed: str = "samples"
    snapshots: str = ""
    date: str = ""
    limit: int = 0
    polygons: str = ""

    @property
    def live(self) -> bool:
        """Whether the real portals are harvested."""
        return self.feed == "live"

    @property
    def replay_arguments(self) -> list[str]:
        """The stand-in portals' command line."""
        words = ["--samples"] if self.feed != "replay" else ["--snapshots", self.snapshots]
        if self.date:
            words += ["--date", self.date]
        if self.limit:
            words += ["--limit", str(self.limit)]
        return words

    @property
    def sentence(self) -> str:
        """What a person reads in the summary."""
        return {
            "samples": "invented samples, served by stand-in portals on this machine",
            "replay": f"recorded catalogues in {self.snapshots}",
            "live": "the live portals of config/sources.yaml",
        }[self.feed]

    @classmethod
    def load(cls, file: Path) -> Mode:
        """Return the mode of the last ``up``; samples when there was none."""
        try:
            return cls(**json.loads(file.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return cls()

    def save(self, file: Path) -> None:
        """Remember this mode."""
        write_private(file, json.dumps(asdict(self)))

    @classmethod
    def replay(cls, folder: str, date: str, limit: int, polygons: str) -> Mode:
        """Return the mode for a folder of recorded catalogues. Raises ``StepError`` when it is not one."""
        path = Path(folder).resolve()
        known = ("vlaanderen", "wallonie-odwb", "data.gouv.fr")
        if not any((path / name).is_dir() for name in known):
            raise StepError(
                f"{path} holds none of {', '.join(known)}", "Give the folder that holds the portals' folders."
            )
        beside = path.parent / "geo" / "municipalities.geojson"
        return cls("replay", str(path), date, limit, polygons or (str(beside) if beside.exists() else ""))

"""The schema files: put together from sections, and refused with file and line when something in them cannot work."""

from __future__ import annotations

import gettext
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from babel.messages import extract, pofile

from ckanext.oslo import schema_files

ROOT = Path(__file__).parents[2]
OSLO = ROOT / "ckanext-oslo" / "ckanext" / "oslo"

LABEL = "label: {en: Theme, nl: Thema, fr: Thème}"
FIELDS = f"""sections:
- section: about
  title: {{en: About, nl: Over, fr: À propos}}
  fields:
  - field_name: theme
    preset: concepts
    vocabulary: theme
    {LABEL}
"""
PRESETS = "presets:\n- preset_name: concepts\n  values: {kind: concepts}\n"
DATASET = "scheming_version: 2\ndataset_type: dataset\ndataset_fields: !sections\n- about\n"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a folder of schemas, good ones but for what it is given."""

    def written(**files: str) -> Path:
        for name, text in {"fields": FIELDS, "presets": PRESETS, "dataset": DATASET, **files}.items():
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return written


def test_shared_sections_become_one_flat_list(write: Write) -> None:
    own = "- section: own\n  title: {en: Own, nl: Eigen, fr: Propre}\n  fields:\n  - field_name: x\n    " + LABEL
    folder = write(dataset=f"{DATASET}{own}\n")
    schema_files.check(folder)
    with (folder / "dataset.yaml").open(encoding="utf-8") as file:
        fields = yaml.safe_load(file)["dataset_fields"]
    assert [(field["field_name"], field["section"]) for field in fields] == [("theme", "about"), ("x", "own")]
    assert fields[1]["start_section"]["title"]["nl"] == "Eigen"


@pytest.mark.parametrize(
    ("files", "where", "said"),
    [
        ({"dataset": f"{DATASET}- abuot\n"}, "dataset.yaml:5:", "expected a section of fields.yaml: about"),
        ({"dataset": f"{DATASET}- about\n"}, "dataset.yaml:1:", "'theme' stands twice"),
        ({"dataset": DATASET.replace("- about", "- {title: x}")}, "dataset.yaml:4:", "expected the name of a section"),
        ({"dataset": "dataset_fields: !sections about\n"}, "dataset.yaml:1:", "expected a list of sections"),
        ({"dataset": "dataset_fields: [\n"}, "dataset.yaml:2:", "expected"),
        ({"fields": FIELDS.replace("vocabulary: theme", "vocabulary: themes")}, "fields.yaml:7:", "expected one of"),
        ({"fields": FIELDS.replace("preset: concepts", "preset: concept")}, "fields.yaml:6:", "expected a preset"),
        ({"fields": FIELDS.replace("preset:", "prest:")}, "fields.yaml:6:", "not 'prest'"),
        ({"fields": FIELDS.replace(", fr: Thème", "")}, "fields.yaml:8:", "expected 'label' in en, nl and fr"),
        ({"fields": FIELDS.replace(LABEL, "label: Theme")}, "fields.yaml:8:", "expected 'label' in en, nl and fr"),
        ({"fields": FIELDS.replace(LABEL, "kind: colour")}, "fields.yaml:8:", "expected one of"),
        ({"fields": FIELDS.replace("field_name: theme", "required: true")}, "fields.yaml:5:", "expected a field_name"),
    ],
)
def test_a_mistake_is_said_with_file_and_line(write: Write, files: dict[str, str], where: str, said: str) -> None:
    folder = write(**files)
    with pytest.raises(schema_files.SchemaError) as caught:
        schema_files.check(folder)
    lines = [line for line in str(caught.value).splitlines() if line.startswith(f"{folder}/{where}")]
    assert any(said in line for line in lines), str(caught.value)


def test_our_own_schemas_have_none() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ckanext.oslo.schemas"], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("language", ["nl", "fr"])
def test_every_sentence_is_translated(language: str) -> None:
    folder = OSLO / "i18n" / language / "LC_MESSAGES"
    methods = [("**.py", "python"), ("templates/**.html", "ckan")]
    wanted = {message for _file, _line, message, *_ in extract.extract_from_dir(str(OSLO), methods)}
    with (folder / "ckanext-oslo.po").open("rb") as file:
        written = {message.id: message.string for message in pofile.read_po(file) if message.id}
    with (folder / "ckanext-oslo.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert wanted - set(written) == set()
    assert [message for message, said in written.items() if _compiled(compiled, message) != said] == []


def _compiled(catalogue: gettext.GNUTranslations, message: str | tuple[str, str]) -> str | tuple[str, str]:
    """Say what the compiled catalogue has for a message; for one with a plural, what it has for one and for two."""
    if isinstance(message, str):
        return catalogue.gettext(message)
    return catalogue.ngettext(*message, 1), catalogue.ngettext(*message, 2)

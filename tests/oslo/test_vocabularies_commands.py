"""``ckan oslo vocabulary``: what it prints, and its exit status."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ckanext.oslo.cli import oslo
from ckanext.oslo.vocabularies import NAMES

EU = "http://publications.europa.eu/resource/authority"


def ask(*words: str) -> Result:
    return CliRunner().invoke(oslo, ["vocabulary", *words])


def test_list_names_every_list() -> None:
    lines = ask("list").output.splitlines()
    assert [line.split()[0] for line in lines] == list(NAMES)
    assert next(line for line in lines if line.startswith("theme")).split() == ["theme", "13", "13", "Themes"]


def test_show_gives_names_uris_and_matches() -> None:
    done = ask("show", "belgian_theme")
    assert done.exit_code == 0
    assert (
        "CULT  http://vocab.belgif.be/auth/datatheme/CULT\n"
        "    nl: Cultuur en sport, fr: Culture et sport, en: Culture and sport, de: Kultur und Sport\n"
        f"    close to {EU}/data-theme/EDUC\n" in done.output
    )
    assert ask("show", "colours").exit_code == 2


def test_check_prints_what_differs_and_fails(tmp_path: Path) -> None:
    path = tmp_path / "rights.csv"
    path.write_text(
        f"uri,code,label_nl\n{EU}/access-right/PUBLIC,PUBLIC,publiek\n{EU}/access-right/SECRET,SECRET,geheim\n"
    )
    done = ask("check", str(path), "--part")
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "missing: SECRET (geheim)",
        "label nl of PUBLIC: ours “openbaar”, theirs “publiek”",
        "access_right: 2 values in rights.csv, 2 unexplained differences",
    ]


def test_check_counts_what_is_explained(shared: Path) -> None:
    done = ask("check", str(shared / "vocab" / "mob_communication_method.csv"))
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "explained, 6 times: ours says what the jargon means",
        "communication_method: 2 values in mob_communication_method.csv, 0 unexplained differences",
    ]
    with_them = ask("check", str(shared / "vocab" / "mob_communication_method.csv"), "--explained")
    assert (
        "label nl of pull: ours “Ophalen (pull)”, theirs “Pull” — ours says what the jargon means" in with_them.output
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("list.ttl", "<http://x.test/A> <http://www.w3.org/2004/02/skos/core#prefLabel> 'a'@en .", "None of our"),
        ("list.ttl", "<html>", "list.ttl"),
        (
            "list.yaml",
            "base: x/\nconcepts:\n- {code: A, name: A, broader: [B]}\n- {code: B, name: B, broader: [A]}\n",
            "list.yaml:4: A is broader than itself (A → B → A); see line 3",
        ),
        (
            "list.yaml",
            "base: x/\nconcepts:\n- {code: A, name: a}\n- {code: A, name: b}\n",
            "list.yaml:4: x/A is the URI",
        ),
        ("list.yaml", "[" * 20_000, "list.yaml:"),
    ],
)
def test_check_refuses_a_bad_file_in_words(tmp_path: Path, name: str, content: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    done = ask("check", str(path))
    assert done.exit_code == 1
    assert said in done.output


def test_check_says_when_a_list_of_ones_own_is_good(tmp_path: Path) -> None:
    path = tmp_path / "list.yaml"
    path.write_text("base: x/\nconcepts:\n- {code: A, name: A}\n")
    assert ask("check", str(path)).output == "list.yaml: 1 values, no mistakes\n"

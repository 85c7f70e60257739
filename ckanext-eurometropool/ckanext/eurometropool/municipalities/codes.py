"""Places by their codes and URIs: NIS, INSEE, SIREN, NUTS, GeoNames, and the URIs portals make of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from ckanext.eurometropool.municipalities.evidence import Evidence, Finding, Kind
from ckanext.eurometropool.municipalities.names import plain
from ckanext.eurometropool.municipalities.register import Register
from ckanext.eurometropool.municipalities.said import Said

#: (pattern, country): the first group is a national code of a municipality or an area.
_NATIONAL = (
    (re.compile(r"vocab\.belgif\.be/auth/refnis\d*/(\d{4,5})\b"), "BE"),
    (re.compile(r"data\.vlaanderen\.be/id/(?:gemeente|arrondissement|provincie|gewest)/(\d{5})\b"), "BE"),
    (re.compile(r"entitesadministratives#\w+/(\d{5})\b"), "BE"),
    (re.compile(r"entitesadministratives#Region/(1)$"), "SPW"),
    (re.compile(r"statbel\.fgov\.be/.*\b(?:nis|refnis)[=/](\d{5})\b"), "BE"),
    (re.compile(r"insee\.fr/geo/(?:\d{4}/)?(?:COM_|commune/)(\d[\dAB]\d{3})\b"), "FR"),
    (re.compile(r"insee\.fr/geo/(?:\d{4}/)?(?:DEP_|departement/)(\d[\dAB]\d?)\b"), "FR-DEP"),
    (re.compile(r"insee\.fr/geo/(?:\d{4}/)?(?:ARR_|arrondissement/)(\d{3,4})\b"), "FR-ARR"),
    (re.compile(r"insee\.fr/geo/(?:\d{4}/)?(?:REG_|region/)(\d{2})\b"), "FR-REG"),
    (re.compile(r"insee\.fr/geo/(?:\d{4}/)?(?:EPCI_|epci/)(\d{9})\b"), "FR-EPCI"),
    # udata's geozones: fr:commune:59350, fr:commune:59350@1943-01-01
    (re.compile(r"\bfr:commune:(\d[\dAB]\d{3})\b"), "FR"),
    (re.compile(r"\bfr:departement:(\d[\dAB]\d?)\b"), "FR-DEP"),
    (re.compile(r"\bfr:arrondissement:(\d{3,4})\b"), "FR-ARR"),
    (re.compile(r"\bfr:region:(\d{2})\b"), "FR-REG"),
    (re.compile(r"\bfr:epci:(\d{9})\b"), "FR-EPCI"),
    # Opendatasoft's geographic reference: be_40_57081, fr_60_59350, fr_40_59
    (re.compile(r"^be_\d+_(\d{5})$"), "BE"),
    (re.compile(r"^fr_\d+_(\d[\dAB]\d{3})$"), "FR"),
    (re.compile(r"^fr_\d+_(\d{2})$"), "FR-DEP"),
    (re.compile(r"^fr_\d+_(\d{9})$"), "FR-EPCI"),
)
_GEONAMES = re.compile(r"geonames\.org/(\d+)")
_NUTS = re.compile(r"(?:nuts/(?:code/)?|nuts\.geovocab\.org/id/|^nuts[:/ ]?|^)((?:BE|FR)[0-9A-Z]{0,3})$")
_COUNTRY = re.compile(r"(?:authority/country/|^country:|^world_)(BEL|FRA|BE|FR)$", re.IGNORECASE)
#: The EU's administrative units, as far as catalogues of the region use them.
_UNITS = {"BEL_PR_WVL": "BE-30000", "BEL_RG_VLS": "vlaanderen"}
_UNIT = re.compile(r"authority/atu/([A-Z_]+)$")
_OTHER_COUNTRY = re.compile(r"(?:authority/country/[A-Z]{3}|^country:[a-z]{2})$")
_GDI = re.compile(
    r"Vlaamse-Administratieve-Eenheden/(?:\d{4}/)?(?:(gemeente|arrondissement|provincie|gewest)/)?([^/?#]+)$"
)
#: A code that says what it is: "NIS 34022", "code INSEE : 59350", "refnis=57081".
_LABELLED = re.compile(r"\b(nis|refnis|ins|insee)(?:[ -]?codes?)?\W{0,3}(\d{5})\b", re.IGNORECASE)
_BARE = re.compile(r"^\d{5}$")


class CodeFinder:
    """Find places by code."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._areas: dict[tuple[str, str], str] = {}
        self._geonames: dict[str, str] = {str(m.geonames): m.key for m in register if m.geonames}
        for key in reversed(list(register.areas)):
            self._add_area(key)
        # Keywords of before a merger name what is a village today: "2019/gemeente/meulebeke".
        self._merged = {
            self._letters(name): m.key
            for m in register
            if m.region == "vlaanderen" and m.former_codes
            for name in m.villages
        }
        self._flemish = {self._letters(m.names["nl"]): m.key for m in register if m.region == "vlaanderen"}

    def _add_area(self, key: str) -> None:
        area = self._register.areas[key]
        for code in area.nuts:
            self._areas["NUTS", code] = key
        spaces = {"nis": "BE", "siren": "FR-EPCI", "insee": f"FR-{_INSEE_SPACES.get(area.kind, '')}"}
        for kind, code in area.codes.items():
            self._areas[spaces[kind], code] = key
            for former in area.former_codes:
                self._areas[spaces[kind], former] = key
        if area.geonames:
            self._geonames[str(area.geonames)] = key

    def find(self, said: Said) -> Iterator[Finding]:
        """Give the places that codes and URIs of the record name, known to the register or not."""
        found = list(self._each(said))
        yield from found
        parts = {f.key for f in found if f.kind is Kind.WITHIN and f.key in self._register.municipalities}
        named = " ".join((*said.uris, *said.territories)) if parts else ""
        for key in sorted(part for part in parts if part):
            if all(re.search(rf"\b{code}\b", named) for code in self._register.municipalities[key].former_codes):
                yield Finding.by(Evidence.URI, key)

    def _each(self, said: Said) -> Iterator[Finding]:
        for uri in said.uris:
            yield from self._of_uri(uri)
        for text in said.territories:
            yield from self._of_territory(text, said.country)
        labelled: Iterable[str] = (*said.titles.values(), *(word for words in said.keywords.values() for word in words))
        for text in labelled:
            for match in _LABELLED.finditer(text):
                country = "FR" if match[1].lower() == "insee" else "BE"
                yield self._national(country, match[2], Evidence.CODE)

    def _of_territory(self, text: str, country: str | None) -> Iterator[Finding]:
        if country == "BE" and _BARE.match(text):
            # A French five-digit number may as well be a postcode: 59350 is Lille's code and Saint-André's postcode.
            yield self._national("BE", text, Evidence.CODE)
            return
        yield from self._of_uri(text, Evidence.CODE)
        for match in _LABELLED.finditer(text):
            yield self._national("FR" if match[1].lower() == "insee" else "BE", match[2], Evidence.CODE)

    def _of_uri(self, uri: str, evidence: Evidence = Evidence.URI) -> Iterator[Finding]:
        for pattern, space in _NATIONAL:
            if match := pattern.search(uri):
                yield self._national(space, match[1], evidence)
                return
        if match := _GEONAMES.search(uri):
            yield Finding.by(evidence, self._geonames.get(match[1]))
        elif match := _COUNTRY.search(uri):
            yield Finding.by(evidence, match[1][:2].upper())
        elif match := _UNIT.search(uri):
            if match[1] in _UNITS:
                yield Finding.by(evidence, _UNITS[match[1]])
        elif match := _NUTS.search(uri.rstrip("/")):
            yield self._nuts(match[1], evidence)
        elif match := _GDI.search(uri):
            key, kind = self._gdi(match[1], unquote(match[2]))
            yield Finding.by(evidence, key, kind)
        elif _OTHER_COUNTRY.search(uri):
            yield Finding.by(evidence, None)

    def _national(self, space: str, code: str, evidence: Evidence) -> Finding:
        if space == "SPW":
            return Finding.by(evidence, "wallonie")
        # REFNIS writes Belgium and its regions without their zero: 1000, 2000, 3000.
        code = code.zfill(5) if space == "BE" else code
        municipality = self._register.by_code(space, code)
        if municipality is None:
            return Finding.by(evidence, self._areas.get((space, code)))
        # A village that was merged away is a part of its municipality.
        part = code != municipality.code and len(municipality.former_codes) > 1
        return Finding.by(evidence, municipality.key, Kind.WITHIN if part else Kind.COVERS)

    def _nuts(self, code: str, evidence: Evidence) -> Finding:
        return Finding.by(evidence, self._areas.get(("NUTS", code)))

    def _gdi(self, kind: str | None, name: str) -> tuple[str | None, Kind]:
        """Read Digitaal Vlaanderen's keyword: `2025/gemeente/kortrijk`, older `WestVlaanderen`, `Vlaams Gewest`."""
        letters = self._letters(name)
        if kind in (None, "gewest") and letters in ("vlaamsgewest", "vlaanderen"):
            return "vlaanderen", Kind.COVERS
        if kind in (None, "provincie") and letters == "westvlaanderen":
            return "BE-30000", Kind.COVERS
        municipality = self._flemish.get(letters)
        if kind == "arrondissement":
            return (self._register.municipalities[municipality].arrondissement if municipality else None), Kind.COVERS
        merged = self._merged.get(letters) if municipality is None else None
        return municipality or merged, Kind.WITHIN if merged else Kind.COVERS

    @staticmethod
    def _letters(name: str) -> str:
        return re.sub(r"[^a-z]", "", plain(name))


_INSEE_SPACES = {"arrondissement": "ARR", "department": "DEP", "region": "REG"}

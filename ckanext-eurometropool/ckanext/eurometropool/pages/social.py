"""The picture of a dataset for who shares its address: 1200 by 630 pixels, as Open Graph wants it (https://ogp.me).

Drawn like the head of the home page: the blue cloth with the outlines of the municipalities, those of the dataset lit;
its title, who publishes it and where it lies.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

from ckanext.eurometropool.pages.drawing import WIDTH, Cloth

SIZE = (1200, 630)
MARGIN = 64
COLUMN = 600  # pixels for the words
MAP = 640  # pixels across for the map, to the right
LINES = 5
LETTERS = (64, 54, 46)  # sizes of the title, tried in turn
# The values of tokens.css: cloth, its ink and thread, weld, madder on cloth.
GROUND, INK, QUIET, LINE, LAND, LIT, SEAM = "#153a7a", "#ffffff", "#cfddf3", "#6f93cf", "#1c468e", "#f6c945", "#ff9a73"
FONTS = "public/eurometropool/fonts"
_NUMBER = re.compile(r"-?\d+")

Point = tuple[float, float]


@dataclass(frozen=True)
class Words:
    """What stands on the picture."""

    title: str
    below: str
    portal: str


def picture(words: Words, cloth: Cloth | None, keys: Sequence[str]) -> bytes:
    """Draw the picture as PNG; `keys` are the municipalities to light. Without polygons there is no map. Pure."""
    image = _ground(cloth).copy() if cloth else Image.new("RGB", SIZE, GROUND)
    draw = ImageDraw.Draw(image)
    if cloth:
        for key in keys:
            if key in cloth.outlines:
                for ring in rings(cloth.outlines[key].path):
                    draw.polygon(_placed(cloth, ring), fill=LIT)
        _borders(draw, cloth)
    font, lines = _fitted(words.title)
    height = font.size * 1.12
    top = max(130.0, (SIZE[1] - len(lines) * height) / 2 - 20)
    for number, line in enumerate(lines):
        draw.text((MARGIN, top + number * height), line, font=font, fill=INK)
    small = _font("atkinson-hyperlegible-next", 30, 400)
    draw.text(
        (MARGIN, top + len(lines) * height + 22), _cut(" ".join(words.below.split()), small), font=small, fill=QUIET
    )
    draw.text((MARGIN, 56), words.portal, font=_font("familjen-grotesk", 34, 600), fill=INK)
    written = io.BytesIO()
    image.quantize(64).save(written, "PNG", optimize=True)
    return written.getvalue()


def rings(path: str) -> list[list[Point]]:
    """Read the rings of an outline as drawing.py writes them: an absolute point, then steps."""
    found: list[list[Point]] = []
    for part in path.split("M")[1:]:
        numbers = [int(number) for number in _NUMBER.findall(part)]
        x, y = numbers[:2]
        ring: list[Point] = [(x, y)]
        for dx, dy in zip(numbers[2::2], numbers[3::2], strict=False):
            x, y = x + dx, y + dy
            ring.append((x, y))
        found.append(ring)
    return found


@functools.lru_cache(maxsize=2)
def _drawn(height: int, paths: tuple[str, ...]) -> Image.Image:
    """Draw the land once: the same under each picture. Four times as large, then made small: the lines are smooth."""
    fine = 3
    image = Image.new("RGB", (SIZE[0] * fine, SIZE[1] * fine), GROUND)
    draw = ImageDraw.Draw(image)
    for path in paths:
        for ring in rings(path):
            placed = [(x * fine, y * fine) for x, y in _at(height, ring)]
            draw.polygon(placed, fill=LAND)
            draw.line([*placed, placed[0]], fill=LINE, width=2)
    return image.resize(SIZE, Image.Resampling.LANCZOS)


def _ground(cloth: Cloth) -> Image.Image:
    return _drawn(cloth.height, tuple(outline.path for outline in cloth.outlines.values()))


def _borders(draw: ImageDraw.ImageDraw, cloth: Cloth) -> None:
    for path, width in ((cloth.language_border, 2), (cloth.border, 4)):
        for line in rings(path):
            _stitched(draw, _placed(cloth, line), width)


def _stitched(draw: ImageDraw.ImageDraw, line: Sequence[Point], width: int) -> None:
    """Draw a line in stitches of ten pixels with gaps of six."""
    walked = 0.0
    for (x0, y0), (x1, y1) in zip(line, line[1:], strict=False):
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        done = 0.0
        while done < length:
            place = walked % 16
            step = min((10 if place < 10 else 16) - place + 0.01, length - done)
            if place < 10:
                a, b = done / length, (done + step) / length
                ends = [(x0 + (x1 - x0) * t, y0 + (y1 - y0) * t) for t in (a, b)]
                draw.line(ends, fill=SEAM, width=width)
            done += step
            walked += step


def _placed(cloth: Cloth, ring: Sequence[Point]) -> list[Point]:
    return _at(cloth.height, ring)


def _at(height: int, ring: Sequence[Point]) -> list[Point]:
    """Place drawing units on the picture: the map to the right, in the middle of its height."""
    scale = MAP / WIDTH
    left, top = SIZE[0] - MAP + 70, (SIZE[1] - height * scale) / 2
    return [(left + x * scale, top + y * scale) for x, y in ring]


def _fitted(title: str) -> tuple[FreeTypeFont, list[str]]:
    """Give the largest letters in which the title fits, and its lines; past the last line it is cut."""
    for size in LETTERS:
        font = _font("familjen-grotesk", size, 600)
        lines = _lines(title, font)
        if len(lines) < LINES:
            return font, lines
    smallest = _font("familjen-grotesk", LETTERS[-1], 600)
    lines = _lines(title, smallest)
    return smallest, [*lines[: LINES - 1], _cut(f"{lines[LINES - 1]} …", smallest)]


def _lines(text: str, font: FreeTypeFont) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        tried = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(tried) <= COLUMN:
            lines[-1] = tried
        else:
            lines.append(_cut(word, font))
    return lines


def _cut(text: str, font: FreeTypeFont) -> str:
    """Cut a line that is too long."""
    if font.getlength(text) <= COLUMN:
        return text
    while text and font.getlength(f"{text}…") > COLUMN:
        text = text[:-1]
    return f"{text}…"


@functools.lru_cache(maxsize=8)
def _font(name: str, size: int, weight: int) -> FreeTypeFont:
    file = resources.files("ckanext.eurometropool").joinpath(FONTS, f"{name}-latin-wght-normal.woff2")
    # Letter by letter: the other engine fails on what has no letters.
    font = ImageFont.truetype(io.BytesIO(file.read_bytes()), size, layout_engine=ImageFont.Layout.BASIC)
    font.set_variation_by_axes([weight])
    return font

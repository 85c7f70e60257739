"""The page about a record at a stand-in portal: links out of the catalogue end somewhere, and it says where."""

from __future__ import annotations

import re
from html import escape

from werkzeug.wrappers import Response

TAG = re.compile(r"<[^>]*>")


def record_page(title: str, description: str, language: str) -> Response:
    """Show a record's title and description, and that this is a stand-in and not the portal itself."""
    stands_in = {
        "nl": "Dit is een nagespeeld portaal op deze machine, niet het echte.",
        "fr": "Ceci est un portail rejoué sur cette machine, pas le vrai.",
    }[language]
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in TAG.sub("\n", description).splitlines() if line.strip())
    return Response(
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width"><style>body{font:1rem/1.5 sans-serif;max-width:40rem;'
        "margin:2rem auto;padding:0 1rem}</style></head>"
        f"<body><p><em>{stands_in}</em></p><h1>{escape(title)}</h1>{paragraphs}</body></html>",
        content_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"},
    )

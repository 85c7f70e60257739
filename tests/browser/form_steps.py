"""What the walks through a steward's forms share."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page

CSV = {
    "name": "stallingen.csv",
    "mimeType": "text/csv",
    "buffer": (
        b"naam;straat;gemeente;lat;lon\n"
        b"Station;de Lange straat;Kortrijk;50,82;3,26\n"
        b"Markt;het plein;Kortrijk;50,83;3,27\n"
    ),
}


def stored(page: Page) -> dict[str, Any]:
    """Give the dataset whose page this is, as the API has it."""
    name = page.url.rstrip("/").rsplit("/", 1)[-1]
    return page.request.get(f"/api/3/action/package_show?id={name}").json()["result"]


def delete(page: Page) -> None:
    found = stored(page)
    page.goto(f"/nl/{found['type']}/delete/{found['id']}")
    page.get_by_role("button", name="Verwijderen").click()


def field(page: Page, name: str) -> Locator:
    return page.locator(f"#field-{name}")


def options(page: Page) -> Locator:
    """Give what the open list offers; the browser's own lists have options too."""
    return page.locator('.oslo-options [role="option"]:visible')

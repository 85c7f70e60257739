"""An organization's quality by mail: asked for on its page, sent once a month over real SMTP, stopped."""

from __future__ import annotations

from datetime import date, timedelta
from gettext import NullTranslations
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.oslo.quality import jobs, readers, report
from ckanext.oslo.quality.tables import QualityReader
from tests.post import Post


@pytest.fixture
def person() -> dict[str, Any]:
    return factories.UserWithToken(email="an@kortrijk.example", fullname="An")


def ask(app: Any, person: dict[str, Any], wanted: str, **expected: Any) -> Any:
    return app.post(
        "/fr/organization/stad-kortrijk/quality/mail",
        data={"wanted": wanted},
        headers={"Authorization": person["token"]},
        follow_redirects=False,
        **expected,
    )


def a_month_passes() -> None:
    model.Session.query(QualityReader).update({"sent": date(2020, 1, 1)})
    model.Session.commit()


def test_who_asks_gets_one_letter_a_month_in_their_language(app: Any, make: Any, post: Post, person: Any) -> None:
    make(title_translated={"nl": "Bomen"}, tags_translated={})
    assert jobs.measure_stale(60) is False
    ask(app, person, "yes", status=302)
    assert readers.send_due() == 0  # not in the month in which it was asked for
    a_month_passes()
    jobs.turn()
    [letter] = post.letters
    assert letter["To"] == "An <an@kortrijk.example>"
    assert letter["Subject"].startswith("Qualité des données\u00a0: Stad Kortrijk, ")
    text = letter.get_content()
    assert "sur 100, pour 1 jeux de données." in text
    assert "* Pas de mots-clés (1)" in text
    assert "/fr/organization/stad-kortrijk/quality\n" in text
    assert letter["List-Unsubscribe"].endswith("/fr/organization/stad-kortrijk/quality>")
    assert readers.send_due() == 0
    assert len(post.letters) == 1


def test_the_page_offers_it_and_stops_it(app: Any, make: Any, post: Post, person: Any) -> None:
    make()
    jobs.measure_stale(60)
    headers = {"Authorization": person["token"]}
    address = "/nl/organization/stad-kortrijk/quality"
    assert "Meld u aan om dit verslag elke maand per e-mail te krijgen." in app.get(address).body
    assert "Dit verslag elke maand per e-mail krijgen" in app.get(address, headers=headers).body
    ask(app, person, "yes", status=302)
    assert "Het maandelijkse verslag per e-mail stopzetten" in app.get(address, headers=headers).body
    ask(app, person, "no", status=302)
    assert "Dit verslag elke maand per e-mail krijgen" in app.get(address, headers=headers).body
    a_month_passes()
    assert readers.send_due() == 0
    assert post.letters == []


def test_a_letter_that_is_refused_is_tried_again(app: Any, make: Any, post: Post, person: Any) -> None:
    make()
    jobs.measure_stale(60)
    ask(app, person, "yes", status=302)
    a_month_passes()
    post.refuses = True
    assert readers.send_due() == 0
    post.refuses = False
    assert readers.send_due() == 1


def test_a_portal_without_mail_offers_none(app: Any, make: Any, person: Any) -> None:
    make()
    jobs.measure_stale(60)
    page = app.get("/nl/organization/stad-kortrijk/quality", headers={"Authorization": person["token"]}).body
    assert "per e-mail" not in page
    with pytest.raises(toolkit.ValidationError):
        call_action(
            "oslo_quality_report_subscribe",
            {"user": person["name"], "ignore_auth": False},
            organization="stad-kortrijk",
            language="nl",
        )


def test_strangers_and_unknown_organizations_and_languages(app: Any, make: Any, post: Post, person: Any) -> None:
    make()
    app.post("/nl/organization/stad-kortrijk/quality/mail", data={"wanted": "yes"}, status=403)
    context = {"user": person["name"], "ignore_auth": False}
    with pytest.raises(toolkit.ObjectNotFound):
        call_action("oslo_quality_report_subscribe", dict(context), organization="nothing", language="nl")
    with pytest.raises(toolkit.ValidationError):
        call_action("oslo_quality_report_subscribe", dict(context), organization="stad-kortrijk", language="de")
    assert model.Session.query(QualityReader).count() == 0


def test_the_letter_tells_how_the_average_moved() -> None:
    today = date(2026, 11, 1)
    trend = [
        {"day": (today - timedelta(days=days)).isoformat(), "points": points} for days, points in ((40, 200), (0, 243))
    ]
    figures = {"percent": 60, "datasets": 3, "broken_links": 0, "datasets_with_broken_links": 0, "problems": []}
    written = report.Report("Kortrijk", figures, trend, "https://portal.example/q", "https://portal.example/q.csv")
    letter = report.compose(written, today, "en", NullTranslations())
    assert letter.subject == "Quality of the data of Kortrijk, November 2026"
    assert "Since a month ago: +11." in letter.text
    assert "To repair first" not in letter.text

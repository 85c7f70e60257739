"""Data that nobody shares yet: asked for under a search without results, confirmed by mail, told when it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers

from ckanext.eurometropool.municipalities import installed
from ckanext.eurometropool.pages import letters, phrases
from ckanext.eurometropool.wishes import asking, config, jobs, putting, store, wish
from ckanext.eurometropool.wishes.tables import Wish, WishPut
from ckanext.eurometropool.wishes.wording import Wording
from tests.pages.reading import one, read, select, text
from tests.post import Post

#: What a program says of itself is not counted; a browser is.
BROWSER = {"User-Agent": "Mozilla/5.0", "Accept": "text/html"}
SEARCH = "/nl/dataset/?q=wachtlijst+kinderopvang&ext_place=Kortrijk"
ME = "an@reader.example"


@pytest.fixture
def town(request: pytest.FixtureRequest, with_plugins: None) -> dict[str, Any]:
    """A town hall with two people; made once for all."""
    if not hasattr(request.module, "made"):
        for fixture in ("clean_db", "clean_index"):
            request.getfixturevalue(fixture)
        admin, editor = (factories.User(email=f"{name}@kortrijk.example") for name in ("beheer", "redactie"))
        members = [{"name": admin["name"], "capacity": "admin"}, {"name": editor["name"], "capacity": "editor"}]
        request.module.made = factories.Organization(name="kortrijk", title="Stad Kortrijk", users=members)
    return request.module.made


@pytest.fixture(autouse=True)
def nothing_wished(town: dict[str, Any]) -> Iterator[None]:
    redis = connect_to_redis()
    for pattern in ("wish", "looked-for"):
        for key in redis.scan_iter(f"ckan:*:{pattern}:*"):
            redis.delete(key)
    for table in (Wish, WishPut):
        model.Session.query(table).delete()
    model.Session.commit()
    yield
    for package in model.Session.query(model.Package).filter_by(state="active").all():
        helpers.call_action("dataset_purge", {"user": factories.Sysadmin()["name"]}, id=package.id)


def send(app: Any, email: str = ME, search: str = SEARCH, **more: str) -> Any:
    """Fill in the form under a search as a browser does, and follow it."""
    form = one(read(app.get(search, headers=BROWSER).body), "form.wish-form")
    hidden = {field.get("name"): field.get("value") for field in select(form, "input[type=hidden]")}
    return read(app.post(form.get("action"), data={**hidden, "email": email, **more}, follow_redirects=True).body)


def links(letter: Any) -> dict[str, str]:
    """Give the addresses of a letter by what they do."""
    found = re.findall(r"https?://[^/\s]+(/\S+)", letter.get_content())
    return {address.rpartition("/")[2].partition("?")[0]: address for address in found}


def press(app: Any, address: str) -> Any:
    """Open a link of a letter and press the button of its page."""
    token = one(read(app.get(address).body), "input[name=_csrf_token]").get("value")
    return read(app.post(address, data={"_csrf_token": token}).body)


def confirmed(app: Any, post: Post, email: str = ME, search: str = SEARCH) -> Any:
    send(app, email, search)
    return press(app, links(post.letters[-1])["confirm"])


def add_dataset(town: dict[str, Any], title: str = "Wachtlijst kinderopvang in Kortrijk") -> None:
    context = {"user": factories.Sysadmin()["name"]}
    texts = {"title_translated": {"nl": title}, "notes_translated": {"nl": "Per maand."}}
    helpers.call_action("package_create", context, name="wachtlijst", type="dataset", owner_org=town["id"], **texts)


def test_who_asks_and_confirms_is_told_once_when_the_data_is_there(app: Any, post: Post, town: Any) -> None:
    page = read(app.get(SEARCH, headers=BROWSER).body)
    assert "We leggen de vraag voor aan Stad Kortrijk." in text(one(page, "main"))
    assert text(one(send(app), "h1")) == "Nog één stap: bevestig uw vraag"
    [letter] = post.letters
    assert (letter["To"], letter["Content-Language"]) == (ME, "nl")
    assert letter["Subject"] == "Bevestig uw vraag: ‘wachtlijst kinderopvang’ (Kortrijk)"
    assert "na 7 dagen wissen we het adres" in letter.get_content()
    # A program that looks through mail opens links, and presses no button.
    app.get(links(letter)["confirm"])
    assert store.waiting() == []
    app.post(links(letter)["confirm"], status=400)
    done = press(app, links(letter)["confirm"])
    assert text(one(done, "h1")) == "Uw vraag is onderweg"
    assert "We leggen de vraag voor aan Stad Kortrijk." in text(done)
    assert jobs.look() == 0

    add_dataset(town)
    post.refuses = True
    assert jobs.look() == 0
    post.refuses = False
    before = len(post.letters)
    assert jobs.look() == 1
    [told] = post.letters[before:]
    assert told["Subject"] == "Er zijn nu data: ‘wachtlijst kinderopvang’ (Kortrijk)"
    assert "Er is 1 dataset:\n* Wachtlijst kinderopvang in Kortrijk\n" in told.get_content()
    assert "/nl/dataset/?q=wachtlijst+kinderopvang&ext_place=Kortrijk\n" in told.get_content()
    assert "/wish/" not in told.get_content()  # nothing is kept that could be deleted
    assert (jobs.look(), store.is_any()) == (0, False)


def test_the_question_is_put_once_to_the_people_of_the_town(app: Any, post: Post) -> None:
    for email, search in ((ME, SEARCH), ("bo@reader.example", SEARCH.replace("/nl/", "/fr/").replace("w", "W"))):
        confirmed(app, post, email, search)
    put = [letter for letter in post.letters if "reader" not in letter["To"]]
    assert [letter["To"] for letter in put] == [
        f"Stad Kortrijk <{name}@kortrijk.example>" for name in ("beheer", "redactie")
    ]
    assert put[0]["Subject"] == "Iemand zoekt data over ‘wachtlijst kinderopvang’ (Kortrijk)"
    assert "/nl/dataset/new" in put[0].get_content()
    assert ME not in put[0].as_string()
    jobs.look()
    assert len(post.letters) == 4
    model.Session.query(WishPut).update({"put": WishPut.put - wish.PUT_AGAIN})
    model.Session.commit()
    confirmed(app, post, "cas@reader.example")
    assert len(post.letters) == 7


def test_the_people_of_a_town_get_so_many_questions_a_day(app: Any, post: Post, monkeypatch: Any) -> None:
    monkeypatch.setattr(putting, "A_DAY", 1)
    for words in ("xyzzy", "qwertz"):
        confirmed(app, post, ME, f"/nl/dataset/?q={words}+Kortrijk")  # the place is in the question
    jobs.look()

    def subjects() -> list[str]:
        return [letter["Subject"] for letter in post.letters if "beheer" in letter["To"]]

    assert subjects() == ["Iemand zoekt data over ‘xyzzy Kortrijk’"]
    for key in connect_to_redis().scan_iter("ckan:*:wish:put:*"):
        connect_to_redis().delete(key)  # a day later
    jobs.look()
    assert subjects()[1:] == ["Iemand zoekt data over ‘qwertz Kortrijk’"]


def test_elsewhere_the_portals_own_people_are_asked_or_nobody_is_promised(
    app: Any, post: Post, monkeypatch: Any
) -> None:
    search = "/en/dataset/?q=xyzzy+crossings&ext_place=Roubaix"
    promise = "We put the question to the people who look after this portal."
    monkeypatch.setitem(tk.config, "email_to", "")
    assert "We put the question" not in text(confirmed(app, post, ME, search))
    assert len(post.letters) == 1
    monkeypatch.setitem(tk.config, "email_to", "portal@eurometropolis.example")
    assert promise in app.get(search, headers=BROWSER).body
    post.refuses = True
    jobs.look()
    post.refuses = False
    jobs.look(), jobs.look()
    assert [letter["To"] for letter in post.letters[1:]] == ["portal@eurometropolis.example"]
    assert post.letters[1]["Content-Language"] == "fr"


def test_a_link_in_each_letter_forgets_the_address_at_once(app: Any, post: Post, town: Any) -> None:
    confirmed(app, post)
    send(app, ME, "/nl/dataset/?q=xyzzy")
    send(app)  # again: a letter all the same, so that the page tells nothing
    last = post.letters[-1]
    assert last["Subject"].startswith("Uw vraag is bekend")
    add_dataset(town)
    assert jobs.look() == 1
    forget = links(post.letters[-1])["forget"]  # of the other question
    assert post.letters[-1]["List-Unsubscribe"].endswith(f"{forget}>")
    app.get(forget)
    assert store.is_any()
    app.post(forget, status=400)
    assert text(one(press(app, forget), "h1")) == "Uw adres is gewist"
    assert not store.is_any()
    over = app.get(forget, status=410)
    assert text(one(read(over.body), "h1")) == "Deze link is verlopen"
    app.get("/nl/wish/%00/forget", status=410)


@pytest.mark.parametrize(
    ("said", "told", "at_field"),
    [
        ({"email": "an@reader"}, "Dit is geen e-mailadres: het moet eruitzien als naam@voorbeeld.be.", True),
        ({"email": f"{ME}\nBcc: all@example.org"}, "Dit is geen e-mailadres", True),
        ({"email": ME, "website": "https://spam.example"}, "Dit formulier is voor mensen.", False),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    app: Any, post: Post, said: dict[str, str], told: str, at_field: bool
) -> None:
    page = send(app, **said)
    assert told in text(one(page, "[role=alert]"))
    field = one(page, "#email")
    assert field.get("value").split() == said["email"].split()
    assert (field.get("aria-invalid") == "true") is at_field
    assert [told in text(error) for error in select(page, "#email-error")] == [True] * at_field
    assert (post.letters, store.is_any()) == ([], False)


def test_nobody_is_flooded_and_nothing_is_told_of_it(app: Any, post: Post, monkeypatch: Any) -> None:
    for _ in range(asking.FROM_ONE_ADDRESS):
        assert text(one(send(app), "h1")) == "Nog één stap: bevestig uw vraag"
    assert len(post.letters) == asking.TO_ONE_MAILBOX
    assert "veel vragen in korte tijd" in text(one(send(app, "bo@reader.example"), "[role=alert]"))
    app.post("/nl/wish", data={"q": "wachtlijst", "place": "", "email": ME}, status=400)  # another site's page
    assert len(post.letters) == asking.TO_ONE_MAILBOX
    monkeypatch.setitem(tk.config, "smtp.mail_from", "")
    assert not select(read(app.get(SEARCH, headers=BROWSER).body), ".wish-form")
    app.get("/nl/wish?q=wachtlijst", status=404)
    assert jobs.look() == 0


def test_only_a_search_that_leaves_nothing_out_can_be_asked_for(app: Any, post: Post, town: Any) -> None:
    for search in (
        "q=xyzzy&res_format=SHP",
        "q=xyzzy&ext_literal=1",
        "q=xyzzy&ext_place=Nergenshuizen",
        "q=%22xyzzy%22",
    ):
        assert not select(read(app.get(f"/nl/dataset/?{search}", headers=BROWSER).body), ".wish-form"), search
    form = app.get(SEARCH, headers=BROWSER)
    add_dataset(town)
    assert "Intussen zijn er data hierover." in text(read(_posted(app, form).body))
    assert post.letters == []


def _posted(app: Any, page: Any) -> Any:
    form = one(read(page.body), "form.wish-form")
    hidden = {field.get("name"): field.get("value") for field in select(form, "input[type=hidden]")}
    return app.post(form.get("action"), data={**hidden, "email": ME})


def test_the_second_who_looks_for_it_is_told_so(made_app: Any, app: Any, post: Post) -> None:
    number = "U bent de 2de die dit zoekt."
    for _ in range(2):  # the same reader twice is one
        assert number not in app.get(SEARCH, headers=BROWSER).body
    other = helpers.CKANTestApp(made_app)
    other.get(SEARCH, headers={**BROWSER, "User-Agent": "Googlebot"})
    assert number in other.get(SEARCH, headers=BROWSER).body
    assert number not in app.get("/nl/dataset/?q=wachtlijst+kinderopvang", headers=BROWSER).body


def test_nothing_is_kept_longer_than_was_said(app: Any, post: Post) -> None:
    send(app)
    confirmed(app, post, "bo@reader.example")
    for age, left in ((timedelta(days=6), 2), (timedelta(days=2), 1), (timedelta(days=356), 1), (timedelta(days=2), 0)):
        model.Session.query(Wish).update({"asked": Wish.asked - age, "confirmed": Wish.confirmed - age})
        model.Session.commit()
        jobs.look()
        assert model.Session.query(Wish).count() == left, age


def test_a_question_that_cannot_be_asked_costs_only_itself(app: Any, post: Post, town: Any) -> None:
    confirmed(app, post)
    model.Session.add(
        Wish(
            token="x",
            question="x" * 9_000,
            words="x" * 9_000,
            place="",
            language="nl",
            email=ME,
            asked=store.now(),
            confirmed=store.now(),
        )
    )
    model.Session.commit()
    add_dataset(town)
    assert jobs.look() == 1
    assert [len(asked.words) for asked in store.waiting()] == [9_000]


def test_a_look_is_armed_by_a_wish_and_by_a_change_and_goes_on_while_somebody_wishes(
    app: Any, post: Post, town: Any
) -> None:
    queue = tk.get_job_queue(config.queue())

    def armed() -> int:
        found = [job for job in queue.scheduled_job_registry.get_job_ids() if "-wishes-" in job]
        for job in found:
            queue.scheduled_job_registry.remove(job)
            queue.connection.delete(f"rq:job:{job}")
        return len(found)

    armed()
    jobs.tick()
    assert armed() == 0
    send(app)
    assert armed() == 2
    jobs.tick()
    assert armed() == 2
    jobs._armed_at = 0.0
    add_dataset(town)
    assert armed() == 2


#: One sentence of each letter in each language: to confirm, known, found, put.
SAID = {
    "nl": (
        "hoogstens een jaar",
        "Bevestig uw vraag: ‘bomen’",
        "U vroeg dit al",
        "Er zijn 2 datasets:",
        "hoogstens één keer in 30 dagen",
    ),
    "fr": (
        "un an au plus",
        "Confirmez votre question\u00a0: «\u00a0bomen\u00a0»",
        "Vous l’avez déjà",
        "Il y a 2 jeux",
        "au plus une fois en 30 jours",
    ),
    "en": (
        "for a year at most",
        "Confirm your question: “bomen”",
        "You asked before",
        "There are 2 datasets:",
        "once in 30 days at most",
    ),
}


@pytest.mark.parametrize("language", SAID)
def test_letters_speak_the_language_of_their_reader(language: str) -> None:
    wording = Wording(language, letters.words(language), "Portal", "bomen", "")
    confirm = wording.to_confirm("https://p.example/c", "https://p.example/f")
    known, found = wording.known("https://p.example/f"), wording.found(2, ["Bomen"], "https://p.example/s", "")
    put = wording.put("https://p.example/s", "https://p.example/n")
    whole = (confirm.text, confirm.subject, known.text, found.text, put.text)
    assert [said in letter for said, letter in zip(SAID[language], whole, strict=True)] == [True] * 5
    assert "https://p.example/c\n" in confirm.text
    assert all("https://p.example/f\n" in letter.text for letter in (confirm, known))


def test_questions_places_and_ranks() -> None:
    wished = ("wachtlijst kinderopvang", "liste d’attente", "HVD?")
    refused = (
        "",
        "?",
        "kijk op spam.example",
        "www spam",
        "a/b",
        "an@reader",
        "x" * 101,
        "bo\0men",
        '"bomen"',
        "bomen AND gras",
    )
    assert [wish.can_be_wished(one) for one in (*wished, *refused)] == [True] * len(wished) + [False] * len(refused)
    assert [letters.is_address(one) for one in (ME, "an", "\u00e9@b.be", "a\0@b.be")] == [True, False, False, False]
    register = installed.register()
    places = {"Rijsel": "FR-59350", "8500": "BE-34022", "Midwest": "midwest", "": "", "Nergenshuizen": None}
    assert {said: wish.place_key(said, register) for said in places} == places
    for key in ("FR-59350", "midwest", "comines"):
        for language in SAID:
            assert wish.place_key(wish.place_text(key, language, register), register) == key
    ranks = {
        "nl": "1ste 2de 8ste 11de 19de 20ste 100ste 102de 188ste",
        "fr": "1re 2e",
        "en": "1st 2nd 3rd 4th 11th 112th 122nd",
    }
    for language, written in ranks.items():
        assert [phrases.ordinal(int(re.sub(r"\D", "", one)), language) for one in written.split()] == written.split()

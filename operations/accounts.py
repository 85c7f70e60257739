"""The first accounts of a new portal: a sysadmin and a steward of a municipality, with the password given on stdin.

Runs inside the virtual environment, with ``CKAN_INI`` set.
"""

from __future__ import annotations

import sys

from ckan.plugins import toolkit as tk

from operations.wsgi import application

ADMIN = {"name": "admin", "fullname": "Portal administrator", "email": "admin@portal.invalid"}
STEWARD = {"name": "steward", "fullname": "Data steward", "email": "steward@portal.invalid"}
ORGANIZATION = {
    "name": "eurometropolis",
    "title": "Eurometropolis Lille–Kortrijk–Tournai",
    "title_translated": {
        "nl": "Eurometropool Lille–Kortrijk–Tournai",
        "fr": "Eurométropole Lille–Kortrijk–Tournai",
        "en": "Eurometropolis Lille–Kortrijk–Tournai",
    },
}


def ensure_accounts(password: str) -> None:
    """Make the accounts that are missing; those that exist keep their passwords."""
    site = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]

    def act(action: str, **values: object) -> dict:
        return tk.get_action(action)({"ignore_auth": True, "user": site}, values)

    known = tk.get_action("user_list")({"ignore_auth": True, "user": site}, {"all_fields": False})
    for account in (ADMIN, STEWARD):
        if account["name"] not in known:
            act("user_create", **account, password=password)
    act("user_patch", id=ADMIN["name"], sysadmin=True)
    if ORGANIZATION["name"] not in tk.get_action("organization_list")({"ignore_auth": True}, {}):
        act("organization_create", **ORGANIZATION)
    act("organization_member_create", id=ORGANIZATION["name"], username=STEWARD["name"], role="editor")


if __name__ == "__main__":
    # The request that user_create's activities want; CKAN's own command line takes the Flask application like this.
    flask_app = application._wsgi_app  # pyright: ignore[reportAttributeAccessIssue]
    with flask_app.test_request_context():
        ensure_accounts(sys.stdin.read().strip())

"""A mail server for tests: as much SMTP as a client needs, on loopback."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from ckan.plugins import toolkit

Letters = list[EmailMessage]


class Post(socketserver.ThreadingTCPServer):
    """As much of a mail server as a client needs; `refuses` makes it take no letter."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.letters: Letters = []
        self.refuses = False
        super().__init__(("127.0.0.1", 0), Talk)


class Talk(socketserver.StreamRequestHandler):
    """One conversation of SMTP."""

    server: Post

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def handle(self) -> None:
        self.say("220 post")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"RCPT" and self.server.refuses:
                self.say("550 no")
            elif word == b"DATA":
                self.say("354 go on")
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.letters.append(email.message_from_bytes(text, policy=email.policy.default))
                self.say("250 taken")
            elif word == b"QUIT":
                return self.say("221 bye")
            else:
                self.say("250 post")
        return None


@pytest.fixture
def post(with_plugins: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    with Post() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings = {"smtp.server": f"127.0.0.1:{server.server_address[1]}", "smtp.mail_from": "portal@example.org"}
        for key, value in {**settings, "smtp.starttls": False, "smtp.user": None}.items():
            monkeypatch.setitem(toolkit.config, key, value)
        yield server
        server.shutdown()

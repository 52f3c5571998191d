"""Starts the mock identity provider, and signs users in without a browser. Copy it as it is; it needs requests."""

import re
import subprocess
from contextlib import contextmanager
from urllib.parse import urljoin

import requests


class Idp:
    """The tenant acme of `npx sso-rehearsal idp`, with the users sam and ada."""

    def __init__(self, output: str):
        self.metadata_url = re.search(r"Metadata +(\S+)", output)[1]
        self.sso_url = re.search(r"Sign-in URL +(\S+)", output)[1]
        token = re.search(r"Control token: (\S+)", output)[1]
        self.control = urljoin(self.metadata_url, "/control/tenants/acme/")
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body=None):
        """A control route, such as call("PUT", "users/nora", {"password": "let me in"})."""
        response = self.session.request(method, self.control + path, json=body)
        assert response.ok, response.text
        return response.json() if response.text else None

    def register(self, sp_metadata: str):
        """Your application, by its metadata."""
        self.call("PUT", "apps", {"metadata": sp_metadata})

    def send(self, *faults: str):
        """The faults of the next responses; without any, responses are correct."""
        self.call("PUT", "faults", list(faults))

    def struck(self) -> list[str]:
        """The faults that were really in a response."""
        return [fault["phrase"] for fault in self.call("GET", "faults") if fault["struck"] > 0]

    def sign_in(self, login_url: str, username: str = "sam") -> requests.Response:
        """From your login page to the identity provider and back, as a browser would go. Returns the last page."""
        browser = requests.Session()
        page = browser.get(login_url, allow_redirects=False)
        while not page.headers["Location"].startswith(self.sso_url):
            page = browser.get(urljoin(page.url, page.headers["Location"]), allow_redirects=False)
        form = self.call("POST", "sign-ins", {"username": username, "request": page.headers["Location"]})
        return browser.post(form["action"], dict(form["fields"]))


@contextmanager
def started_idp():
    command = ["node_modules/.bin/sso-rehearsal", "idp", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        output = ""
        for line in process.stdout:
            output += line
            if line == "Ready\n":
                break
        try:
            yield Idp(output)
        finally:
            process.terminate()

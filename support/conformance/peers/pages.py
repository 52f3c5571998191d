"""Pages, cookies and redirects of the peers in Python that have no web framework, with Python's own web server."""
import html
import os
import secrets
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PORT, RUN_DIR = int(os.environ["PORT"]), os.environ["RUN_DIR"]
BASE = f"http://127.0.0.1:{PORT}"

# By browser cookie: the user who is signed in. The libraries leave sessions to the application.
signed_in: dict[str, str] = {}


def new_browser():
    return secrets.token_urlsafe(32)


class Pages(BaseHTTPRequestHandler):
    """A peer adds do_GET and do_POST, and the title of its pages."""

    protocol_version = "HTTP/1.1"
    title = "SP"

    @property
    def path_only(self):
        return urlsplit(self.path).path

    def query(self):
        return parse_qs(urlsplit(self.path).query)

    def form(self):
        length = int(self.headers.get("Content-Length") or 0)
        return parse_qs(self.rfile.read(length).decode("utf-8", "replace"))

    def browser(self):
        found = SimpleCookie(self.headers.get("Cookie", "")).get("peer")
        return found.value if found else ""

    def home(self):
        user = signed_in.get(self.browser())
        self.page(200, "Not signed in." if user is None else f"Signed in as: “{user}”")

    def page(self, status, line):
        body = f"<body><p>{html.escape(line)}</p></body></html>\n"
        self.answer(
            status,
            f'<!doctype html><html lang="en"><title>{self.title}</title>{body}',
            {"Content-Type": "text/html; charset=utf-8"},
        )

    def redirect(self, location, browser):
        """The cookie has no SameSite, since the identity provider posts back from another site.

        A deployment says SameSite=None and Secure, but a Secure cookie would be lost over plain http.
        """
        self.answer(303, "", {"Location": location, "Set-Cookie": f"peer={browser}; Path=/; HttpOnly"})

    def answer(self, status, text, headers):
        body = text.encode("utf-8", "replace")
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def serve(pages):
    ThreadingHTTPServer(("127.0.0.1", PORT), pages).serve_forever()

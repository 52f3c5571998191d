"""A service provider for the stand, made of pysaml2 and Python's own web server; it adds no checks but for a name."""
import html
import logging
import os
import secrets
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.client import Saml2Client
from saml2.config import SPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAMEID_FORMAT_EMAILADDRESS

PORT, RUN_DIR = int(os.environ["PORT"]), os.environ["RUN_DIR"]
BASE = f"http://127.0.0.1:{PORT}"
KEY_PAIR = {"key_file": f"{RUN_DIR}/keys/sp.key", "cert_file": f"{RUN_DIR}/keys/sp.crt"}

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")

config = SPConfig().load({
    # Settings without a default.
    "entityid": f"{BASE}/metadata",
    "xmlsec_binary": "/usr/bin/xmlsec1",
    "metadata": {"local": [os.environ["IDP_METADATA"]]},
    **KEY_PAIR,
    "encryption_keypairs": [KEY_PAIR],  # none by default: an encrypted assertion is then rejected
    "service": {"sp": {
        "endpoints": {"assertion_consumer_service": [(f"{BASE}/acs", BINDING_HTTP_POST)]},
        # Not the default: the assertion must also be signed. By default, only the response must be
        # (want_response_signed).
        "want_assertions_signed": True,
        # Default: transient. Here, users are identified by their email.
        "name_id_policy_format": NAMEID_FORMAT_EMAILADDRESS,
    }},
    # Defaults, as in most deployments:
    # - allow_unsolicited is off: a response must belong to a request.
    # - accepted_time_diff is 0: a clock one second ahead is rejected.
    # - allow_unknown_attributes is off: unmapped attributes are dropped.
    # - AuthnRequests are not signed.
})
client = Saml2Client(config=config)
identity_provider = next(iter(client.metadata.with_descriptor("idpsso")))

# Default: None, as in pysaml2's examples; then it does not check the Recipient of the subject confirmation.
CONVERSATION = {"entity_id": config.entityid}

# By browser cookie: the pending requests, and the signed-in user. pysaml2 leaves both to the application;
# djangosaml2 uses Django's sessions.
waiting: dict[str, dict[str, str]] = {}
signed_in: dict[str, str] = {}


class Pages(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path, browser = urlsplit(self.path).path, self.browser()
        if path == "/metadata":
            self.answer(200, str(entity_descriptor(config)), {"Content-Type": "application/samlmetadata+xml"})
        elif path == "/secure" and browser not in signed_in:
            browser = browser if browser in waiting else secrets.token_urlsafe(32)
            request_id, message = client.prepare_for_authenticate(
                entityid=identity_provider, relay_state="/secure", binding=BINDING_HTTP_REDIRECT
            )
            waiting.setdefault(browser, {})[request_id] = "/secure"
            self.answer(302, "", {"Location": dict(message["headers"])["Location"], **cookie(browser)})
        elif path in ("/", "/secure"):
            self.page(200, f"Signed in as: “{signed_in[browser]}”" if browser in signed_in else "Not signed in.")
        else:
            self.page(404, "There is no such page.")

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace"))
        if urlsplit(self.path).path != "/acs":
            return self.page(404, "There is no such page.")
        browser = self.browser()
        requests = waiting.get(browser, {})
        try:
            response = client.parse_authn_request_response(
                form.get("SAMLResponse", [""])[0], BINDING_HTTP_POST, requests, conv_info=CONVERSATION
            )
            name = response.get_subject().text
            if not name or not name.strip():
                raise ValueError("the name is empty")
        except Exception as error:
            logging.exception("rejected")
            return self.page(403, f"Rejected: {type(error).__name__}: {error}")
        requests.pop(response.in_response_to, None)
        waiting.pop(browser, None)
        fresh = secrets.token_urlsafe(32)
        waiting[fresh], signed_in[fresh] = requests, name
        # RelayState is ignored: a signed-in user always gets the same page.
        self.answer(303, "", {"Location": f"{BASE}/secure", **cookie(fresh)})

    def browser(self):
        found = SimpleCookie(self.headers.get("Cookie", "")).get("pysaml2_peer")
        return found.value if found else ""

    def page(self, status, line):
        body = f"<body><p>{html.escape(line)}</p></body></html>\n"
        self.answer(
            status,
            f'<!doctype html><html lang="en"><title>pysaml2 SP</title>{body}',
            {"Content-Type": "text/html; charset=utf-8"},
        )

    def answer(self, status, text, headers):
        body = text.encode("utf-8", "replace")
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def cookie(browser):
    """Without SameSite, since the identity provider posts back from another site.

    A deployment says SameSite=None and Secure, but a Secure cookie would be lost over plain http.
    """
    return {"Set-Cookie": f"pysaml2_peer={browser}; Path=/; HttpOnly"}


ThreadingHTTPServer(("127.0.0.1", PORT), Pages).serve_forever()

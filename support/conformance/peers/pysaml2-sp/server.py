"""A service provider for the stand, made of pysaml2 and Python's own web server; it adds no checks but for a name."""
import logging
import os

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.client import Saml2Client
from saml2.config import SPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAMEID_FORMAT_EMAILADDRESS

from pages import BASE, RUN_DIR, Pages, new_browser, serve, signed_in

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

# By browser cookie: the pending requests. pysaml2 leaves them to the application; djangosaml2 uses Django's sessions.
waiting: dict[str, dict[str, str]] = {}


class Pysaml2(Pages):
    title = "pysaml2 SP"

    def do_GET(self):
        path, browser = self.path_only, self.browser()
        if path == "/metadata":
            self.answer(200, str(entity_descriptor(config)), {"Content-Type": "application/samlmetadata+xml"})
        elif path == "/secure" and browser not in signed_in:
            browser = browser if browser in waiting else new_browser()
            request_id, message = client.prepare_for_authenticate(
                entityid=identity_provider, relay_state="/secure", binding=BINDING_HTTP_REDIRECT
            )
            waiting.setdefault(browser, {})[request_id] = "/secure"
            self.redirect(dict(message["headers"])["Location"], browser)
        elif path in ("/", "/secure"):
            self.home()
        else:
            self.page(404, "There is no such page.")

    def do_POST(self):
        form = self.form()
        if self.path_only != "/acs":
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
        logging.info("signed in: %s", name)
        requests.pop(response.in_response_to, None)
        waiting.pop(browser, None)
        fresh = new_browser()
        waiting[fresh], signed_in[fresh] = requests, name
        # RelayState is ignored: a signed-in user always gets the same page.
        self.redirect(f"{BASE}/secure", fresh)


serve(Pysaml2)

"""A service provider for the stand, made of python3-saml and Python's own web server.

As the documentation of python3-saml asks, it remembers its request and the assertions that were used.
"""
import logging
import os
from pathlib import Path

from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as constants
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from pages import BASE, PORT, RUN_DIR, Pages, new_browser, serve, signed_in

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")

kept = {name: Path(f"{RUN_DIR}/keys/{name}").read_text() for name in ("sp.crt", "sp.key")}
configuration = {
    # Settings without a default.
    "sp": {
        "entityId": f"{BASE}/metadata",
        "assertionConsumerService": {"url": f"{BASE}/acs"},
        "singleLogoutService": {"url": f"{BASE}/logout"},
        # Default: unspecified. Here, users are identified by their email.
        "NameIDFormat": constants.NAMEID_EMAIL_ADDRESS,
        # None by default: an encrypted assertion is then rejected.
        "x509cert": kept["sp.crt"],
        "privateKey": kept["sp.key"],
    },
    "idp": OneLogin_Saml2_IdPMetadataParser.parse(Path(os.environ["IDP_METADATA"]).read_bytes())["idp"],
    "security": {
        # Not the default: without it, an unsigned LogoutRequest is accepted. The Response must then be signed, too.
        "wantMessagesSigned": True,
        # Not the default; the documentation sets it.
        "rejectDeprecatedAlgorithm": True,
    },
    # Defaults, as in most deployments:
    # - strict is on.
    # - wantAssertionsSigned is off.
    # - requestedAuthnContext asks for PasswordProtectedTransport, exactly.
    # - AuthnRequests are not signed.
}
settings = OneLogin_Saml2_Settings(configuration)
# python3-saml publishes a certificate for encryption only if it demands encryption; it decrypts all the same.
security = {**configuration["security"], "wantAssertionsEncrypted": True}
metadata = OneLogin_Saml2_Settings({**configuration, "security": security}).get_sp_metadata().decode()

# By browser cookie: the request that is not answered yet. python3-saml leaves it to the application.
waiting: dict[str, str] = {}
# Never emptied: a deployment forgets an assertion once it has expired.
used: set[str] = set()


class Python3Saml(Pages):
    title = "python3-saml"

    def do_GET(self):
        if self.path_only == "/metadata":
            self.answer(200, metadata, {"Content-Type": "application/samlmetadata+xml"})
        elif self.path_only == "/login":
            browser, auth = self.browser() or new_browser(), self.auth()
            location = auth.login(return_to="/")
            waiting[browser] = auth.get_last_request_id()
            self.redirect(location, browser)
        elif self.path_only == "/logout":
            self.log_out()
        elif self.path_only == "/":
            self.home()
        else:
            self.page(404, "There is no such page.")

    def do_POST(self):
        form = self.form()
        if self.path_only != "/acs":
            return self.page(404, "There is no such page.")
        auth = self.auth({name: values[0] for name, values in form.items()})
        try:
            self.check(auth)
        except Exception as error:
            logging.exception("rejected")
            return self.page(403, f"Rejected: {error}")
        logging.info("signed in: %s by assertion %s", auth.get_nameid(), auth.get_last_assertion_id())
        used.add(auth.get_last_assertion_id())
        waiting.pop(self.browser(), None)
        fresh = new_browser()
        signed_in[fresh] = auth.get_nameid()
        # RelayState is ignored: a signed-in user always gets the same page.
        self.redirect(f"{BASE}/", fresh)

    def check(self, auth):
        request_id = waiting.get(self.browser())
        if request_id is None:
            raise ValueError("this browser has no request that waits for a response")
        auth.process_response(request_id=request_id)
        if auth.get_errors() or not auth.is_authenticated():
            raise ValueError(f"{auth.get_errors()}: {auth.get_last_error_reason()}")
        if auth.get_last_assertion_id() in used:
            raise ValueError("this assertion was used before")
        if not (auth.get_nameid() or "").strip():
            raise ValueError("the name is empty")

    def log_out(self):
        auth = self.auth()
        location = auth.process_slo(delete_session_cb=lambda: signed_in.pop(self.browser(), None))
        if auth.get_errors():
            logging.error("logout rejected: %s: %s", auth.get_errors(), auth.get_last_error_reason())
            return self.page(403, f"Rejected: {auth.get_last_error_reason()}")
        self.redirect(location or f"{BASE}/", self.browser())

    def auth(self, post=None):
        return OneLogin_Saml2_Auth({
            "http_host": f"127.0.0.1:{PORT}",
            "script_name": self.path_only,
            "get_data": {name: values[0] for name, values in self.query().items()},
            "post_data": post or {},
        }, settings)


serve(Python3Saml)

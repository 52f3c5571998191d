"""A small service provider, in place of your application: Flask and python3-saml.

SAML_STRICT=0 turns off the checks of python3-saml, a mistake that the tests find.
"""

import os

from flask import Flask, Response, redirect, request
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from onelogin.saml2.settings import OneLogin_Saml2_Settings


def create_app(idp_metadata_url: str) -> Flask:
    app = Flask(__name__)
    idp = OneLogin_Saml2_IdPMetadataParser.parse_remote(idp_metadata_url)

    def settings() -> dict:
        return {
            "strict": os.environ.get("SAML_STRICT", "1") == "1",
            "sp": {
                "entityId": f"{request.host_url}saml/metadata",
                "assertionConsumerService": {"url": f"{request.host_url}saml/acs"},
            },
            "idp": idp["idp"],
        }

    def saml() -> OneLogin_Saml2_Auth:
        about = {"http_host": request.host, "script_name": request.path, "post_data": request.form}
        return OneLogin_Saml2_Auth(about, settings())

    @app.get("/saml/metadata")
    def metadata():
        return Response(OneLogin_Saml2_Settings(settings()).get_sp_metadata(), mimetype="text/xml")

    @app.get("/login")
    def login():
        return redirect(saml().login())

    @app.post("/saml/acs")
    def acs():
        auth = saml()
        auth.process_response()
        if auth.get_errors():
            return f"Sign-in failed: {auth.get_last_error_reason()}", 403
        return f"Welcome, {auth.get_nameid()}"

    return app

"""A service provider for the stand: Django with django-allauth, and one page that shows who is signed in."""
import logging
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.dispatch import receiver
from django.http import HttpResponse
from django.urls import include, path
from django.utils.html import format_html
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser

PORT, RUN_DIR = int(os.environ["PORT"]), os.environ["RUN_DIR"]
# Accounts are made at the first sign-in; each run begins without any.
DATABASE = Path(f"{RUN_DIR}/django.sqlite3")


def kept(name):
    return Path(f"{RUN_DIR}/keys/{name}").read_text()


identity_provider = OneLogin_Saml2_IdPMetadataParser.parse(Path(os.environ["IDP_METADATA"]).read_bytes())["idp"]

organization = {
    "provider_id": identity_provider["entityId"],
    "client_id": "stand",
    "name": "Stand",
    "settings": {
        "idp": {
            "entity_id": identity_provider["entityId"],
            "sso_url": identity_provider["singleSignOnService"]["url"],
            "slo_url": identity_provider["singleLogoutService"]["url"],
            "x509cert": identity_provider["x509cert"],
        },
        "advanced": {
            # Default: unspecified. Here, users are identified by their email.
            "name_id_format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
            # None by default: an encrypted assertion is then rejected.
            "x509cert": kept("sp.crt"),
            "private_key": kept("sp.key"),
        },
        # Defaults, as in most deployments:
        # - reject_idp_initiated_sso and reject_deprecated_algorithm are on.
        # - want_assertion_signed and want_message_signed are off: one of both signatures is enough.
        # - the user is known by the attribute subject-id, and by the NameID if there is none.
    },
}

settings.configure(
    SECRET_KEY=kept("django.secret"),
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "allauth",
        "allauth.account",
        "allauth.socialaccount",
        "allauth.socialaccount.providers.saml",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "allauth.account.middleware.AccountMiddleware",
    ],
    AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
    TEMPLATES=[{
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": [
            "django.template.context_processors.request",
            "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages",
        ]},
    }],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
    LOGIN_REDIRECT_URL="/",
    ACCOUNT_LOGOUT_REDIRECT_URL="/",
    # No mail is sent; by default, a new user is asked to confirm the email.
    ACCOUNT_EMAIL_VERIFICATION="none",
    # By default, a page with a button comes first.
    SOCIALACCOUNT_LOGIN_ON_GET=True,
    SOCIALACCOUNT_PROVIDERS={"saml": {"APPS": [organization]}},
    LOGGING={
        "version": 1,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {"django.server": {"level": "WARNING"}},
    },
)
django.setup()

from allauth.account.signals import user_logged_in  # noqa: E402, Django must be set up


@receiver(user_logged_in)
def note(sender, request, user, **more):
    logging.info("signed in: %s", name_of(user))


def name_of(user):
    """The identity provider's name of the user, by which django-allauth finds the account."""
    return user.socialaccount_set.get().uid


def home(request):
    line = f"Signed in as: “{name_of(request.user)}”" if request.user.is_authenticated else "Not signed in."
    return HttpResponse(format_html('<!doctype html><html lang="en"><title>django-allauth</title><p>{}</p>', line))


urlpatterns = [path("", home), path("accounts/", include("allauth.urls"))]

DATABASE.unlink(missing_ok=True)
call_command("migrate", verbosity=0)
sys.stderr.flush()
call_command("runserver", f"127.0.0.1:{PORT}", use_reloader=False, verbosity=0)

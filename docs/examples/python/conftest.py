"""The identity provider and your application, for all tests of this folder."""

from threading import Thread

import pytest
import requests
from werkzeug.serving import make_server

from app import create_app
from rehearsal import started_idp


@pytest.fixture(scope="session")
def running_idp():
    with started_idp() as idp:
        yield idp


@pytest.fixture
def idp(running_idp):
    running_idp.send()  # correct responses, also after a test with a fault
    return running_idp


@pytest.fixture(scope="session")
def app_url(running_idp):
    # Your application: start it with the identity provider's metadata URL …
    server = make_server("127.0.0.1", 0, create_app(running_idp.metadata_url), threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.port}"
    # … and give the identity provider its metadata.
    running_idp.register(requests.get(f"{url}/saml/metadata").text)
    yield url
    server.shutdown()

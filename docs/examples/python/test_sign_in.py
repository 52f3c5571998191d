"""Sign-ins at the application, with correct and with faulty responses of the identity provider."""

import pytest


def test_sam_signs_in(idp, app_url):
    response = idp.sign_in(f"{app_url}/login")
    assert response.text == "Welcome, sam@acme.example"


@pytest.mark.parametrize(
    "fault",
    [
        "an assertion with a different Audience",
        "an assertion that expired 10 minutes ago",
        "a corrupted SignatureValue",
        "an unsigned response with an unsigned assertion",
    ],
)
def test_the_application_rejects(idp, app_url, fault):
    idp.send(fault)
    response = idp.sign_in(f"{app_url}/login")
    assert response.text.startswith("Sign-in failed"), f"accepted {fault}: {response.text}"
    assert idp.struck() == [fault]


def test_sam_signs_in_again_after_a_fault(idp, app_url):
    idp.send("an assertion with a different Audience")
    idp.sign_in(f"{app_url}/login")
    idp.send()
    assert idp.sign_in(f"{app_url}/login").status_code == 200

Feature: Signing key rollover
  IdPs roll over signing keys while users sign in. Sign-in continues only if the SP has both certificates.

  Background:
    Given Acme's SSO profile is set up

  Rule: With both certificates, sign-in continues

    @any-product
    Scenario: The next certificate was added before the rollover
      Given Ada has added the IdP's next certificate
      And Sam is on the IdP login page
      When the IdP rolls over its signing key
      And Sam signs in at the IdP
      Then the test passes

  Rule: A missing certificate is named as the cause

    Scenario: The next certificate was not added
      Given Sam is on the IdP login page
      When the IdP rolls over its signing key
      And Sam signs in at the IdP
      Then the SP rejects the response as signing-cert-mismatch
      And the test fails

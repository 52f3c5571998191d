@any-product
Feature: Signing key rollover for users
  IdPs roll over signing keys while a product is in use.

  Rule: Users sign in after a rollover if the SP has both certificates

    Scenario: Sam signs in after a rollover
      Given Acme uses SSO with the IdP's current and next certificates
      When the IdP rolls over its signing key
      And Sam tries to sign in through the IdP
      Then Sam is signed in through the IdP

  Rule: A response signed with a key that the SP does not know is rejected

    Scenario: The SP does not know the next key
      Given Acme uses SSO
      And Acme's SP has only the IdP's current certificate
      When the IdP rolls over its signing key
      And Sam tries to sign in through the IdP
      Then the SP rejects the response

@any-product
Feature: IdP-initiated sign-in
  Some companies start at the IdP's app portal, and a product accepts that or it does not.

  Rule: A product that accepts IdP-initiated sign-ins signs the user in

    Scenario: The app portal lets Sam in
      Given Acme uses SSO and accepts IdP-initiated sign-ins
      When Sam signs in from the IdP's app portal
      Then Sam is signed in through the IdP

  Rule: A product that rejects IdP-initiated sign-ins signs no user in

    Scenario: The app portal does not let Sam in
      Given Acme uses SSO and rejects IdP-initiated sign-ins
      When Sam signs in from the IdP's app portal
      Then the SP rejects the response

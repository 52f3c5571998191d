@any-product
Feature: Sign-ins that end at the IdP
  If the IdP sends no response, the product must not let the user in, and must work again later.

  Background:
    Given Acme uses SSO

  Rule: Without a response from the IdP, no user is signed in

    Scenario: An unassigned user is not signed in
      Given Sam is not assigned to the app
      When Sam tries to sign in through the IdP
      Then Sam is not signed in
      And Sam sees "Not assigned"

    Scenario: No user is signed in while the IdP is down
      Given the IdP is down
      When Sam starts to sign in
      Then Sam is not signed in

    Scenario: Sam signs in once the IdP is up again
      Given the IdP is down
      And Sam starts to sign in
      And the IdP behaves correctly again
      When Sam tries to sign in through the IdP
      Then Sam is signed in through the IdP

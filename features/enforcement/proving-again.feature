@any-idp
Feature: Proving again after a change
  A change may break what was proven, and nobody should be locked out by an edit.

  Background:
    Given Ada has connected Acme to its identity provider
    And Sam has proven the connection

  Rule: A change needs a new proof before it can be enforced

    Scenario: A changed connection cannot be enforced
      Given Ada has changed the connection
      When Ada enforces single sign-on
      Then single sign-on is not enforced

    Scenario: A changed connection is proven again
      Given Ada has changed the connection
      And Sam has proven the connection
      When Ada enforces single sign-on
      Then Sam can sign in only through the identity provider

  Rule: Enforcement goes on with the proven revision

    Scenario: Ada breaks the connection after enforcing it
      Given Ada has enforced single sign-on
      When Ada points the connection to a wrong address
      Then Sam can sign in only through the identity provider

  Rule: A change supersedes tests that are under way

    Scenario: Sam opens a link to an older revision
      Given Ada has asked Sam to try the connection
      And Ada has changed the connection
      When Sam opens the test link
      Then Sam reads that the link is for an older revision

@any-idp
Feature: A sign-in under way
  Settings may change while a user is at the identity provider, and an old answer must not get past the new ones.

  Background:
    Given Ada has connected Acme to its identity provider
    And Sam has proven the connection
    And Ada has enforced single sign-on

  Rule: A sign-in ends with the change that made it pointless

    @case:request-superseded
    Scenario: Ada lifts single sign-on while Grace is at the identity provider
      When Grace gives Grace's address
      And Ada lifts single sign-on
      And Grace signs in at the identity provider
      Then the answer is refused as request-superseded
      And Grace is not signed in

@any-idp
Feature: Sign-ins in progress
  Settings may change while a user is at the IdP, and an old response must not bypass the new settings.

  Background:
    Given Acme's SSO profile is set up
    And Ada has marked Sam's SSO test as passed
    And Ada has enforced SSO

  Rule: A change that ends SSO also ends the sign-ins in progress

    @case:request-superseded
    Scenario: Ada turns off SSO enforcement while Grace is at the IdP
      When Grace enters Grace's email
      And Ada turns off SSO enforcement
      And Grace signs in at the IdP
      Then the SP rejects the response as request-superseded
      And Grace is not signed in

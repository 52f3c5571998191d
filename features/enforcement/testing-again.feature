@any-idp
Feature: Testing again after a change
  A change may break a verified SSO profile, and an edit should lock no user out.

  Background:
    Given Acme's SSO profile is set up
    And Ada has marked Sam's SSO test as passed

  Rule: A change must be tested before it can be enforced

    Scenario: The change was not tested
      Given Ada has edited the SSO profile
      When Ada tries to enforce SSO
      Then SSO is not enforced

    Scenario: The change was tested
      Given Ada has edited the SSO profile
      And Ada has marked Sam's SSO test as passed
      When Ada enforces SSO
      Then Sam can sign in only through the IdP

  Rule: Enforcement continues with the verified revision

    Scenario: Ada breaks the SSO profile after enforcing SSO
      Given Ada has enforced SSO
      When Ada enters a wrong sign-on URL
      Then Sam can sign in only through the IdP

  Rule: A change supersedes pending tests

    Scenario: Sam opens the test link of an older revision
      Given Ada has sent Sam an SSO test
      And Ada has edited the SSO profile
      When Sam opens the test link
      Then Sam sees that the test link is for an older revision

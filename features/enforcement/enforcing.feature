@any-idp
Feature: Enforcing SSO
  Enforcement leaves covered users no other way to sign in, so it requires a verified revision.

  Rule: Only a verified revision can be enforced

    @case:enforce-before-test
    Scenario: The SSO profile was never tested
      Given Acme's SSO profile is set up
      When Ada tries to enforce SSO
      Then SSO is not enforced

    Scenario: Ada sees why SSO cannot be enforced yet
      Given Acme's SSO profile is set up
      When Ada tries to enforce SSO
      Then Ada cannot enforce SSO: the revision is not verified

    Scenario: The test passed but is not marked
      Given Acme's SSO profile is set up
      And Sam has taken the SSO test
      When Ada tries to enforce SSO
      Then SSO is not enforced

  Rule: Covered users lose password sign-in and password sessions

    Scenario: Grace's password session ends
      Given Acme's SSO profile is set up
      And Ada has marked Sam's SSO test as passed
      And Grace is signed in with a password
      When Ada enforces SSO
      Then Grace's earlier session is closed

    @case:password-after-enforcement @any-product
    Scenario: Sam's password no longer works
      Given Acme's SSO profile is set up
      And Ada has marked Sam's SSO test as passed
      When Ada enforces SSO
      Then Sam can sign in only through the IdP

    @any-product
    Scenario: Ada stays signed in
      Given Acme's SSO profile is set up
      And Ada has marked Sam's SSO test as passed
      When Ada enforces SSO
      Then Ada is still signed in

  Rule: Turning off enforcement restores password sign-in

    @any-product
    Scenario: Sam signs in with a password again
      Given Acme's SSO profile is set up
      And Ada has marked Sam's SSO test as passed
      And Ada has enforced SSO
      When Ada turns off SSO enforcement
      Then Sam can sign in only with a password

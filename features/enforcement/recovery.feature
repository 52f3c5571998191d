@any-idp
Feature: Recovery
  If the IdP fails, an administrator must still be able to sign in and turn off SSO enforcement.

  Background:
    Given Acme's SSO profile is set up
    And Ada has marked Sam's SSO test as passed
    And Ada has enforced SSO
    And the IdP is down

  Rule: A recovery administrator keeps password sign-in

    @any-product
    Scenario: Ada signs in while the IdP is down
      When Ada signs in as a recovery administrator
      Then Ada is signed in as a recovery administrator

    @any-product
    Scenario: Ada turns off SSO enforcement and Sam signs in
      When Ada signs in as a recovery administrator
      And Ada turns off SSO enforcement
      Then Sam can sign in only with a password

    Scenario: Grace becomes a recovery administrator
      When Ada signs in as a recovery administrator
      And Ada makes Grace a recovery administrator
      And Grace signs in as a recovery administrator
      Then Grace is signed in as a recovery administrator

  Rule: Failed attempts by others do not lock out recovery administrators

    Scenario: Mallory guesses passwords for Ada's account
      Given Mallory has tried ten wrong passwords for Ada
      When Ada signs in as a recovery administrator
      Then Ada is signed in as a recovery administrator

  Rule: Only recovery administrators can recover access

    @any-product
    Scenario: Sam is not a recovery administrator
      When Sam tries to sign in as a recovery administrator
      Then Sam is not signed in

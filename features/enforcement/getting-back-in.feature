@any-idp
Feature: Getting back in
  When the identity provider fails, somebody must still be able to sign in and lift single sign-on.

  Background:
    Given Ada has connected Acme to its identity provider
    And Sam has proven the connection
    And Ada has enforced single sign-on
    And the identity provider is down

  Rule: A recovery administrator never loses the password

    Scenario: Ada signs in while the identity provider is down
      When Ada recovers access
      Then Ada is signed in by recovery

    Scenario: Ada lifts single sign-on and Sam gets in
      When Ada recovers access
      And Ada lifts single sign-on
      Then Sam can sign in with a password

  Rule: Wrong passwords of strangers never close that door

    Scenario: Mallory tries passwords for Ada's account
      Given Mallory has tried ten wrong passwords for Ada
      When Ada recovers access
      Then Ada is signed in by recovery

  Rule: Nobody else gets in that way

    Scenario: Sam is no recovery administrator
      When Sam tries to recover access
      Then Sam is not signed in

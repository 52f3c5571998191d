@scripted @any-idp
Feature: Before the identity provider
  What goes wrong before anybody leaves the service provider is the easiest to repair.

  Background:
    Given Ada has connected Acme to its identity provider

  Rule: Who is not covered is not sent to the identity provider

    @case:login-no-redirect
    Scenario: Nothing is enforced yet
      When Sam gives Sam's address without a test
      Then Sam is asked for a password

    @case:sso-not-enabled-for-user
    Scenario: Only Grace is covered
      Given Sam has proven the connection
      And Ada has enforced single sign-on for Grace only
      When Sam gives Sam's address without a test
      Then Sam is asked for a password

  Rule: An address that cannot be right is told so

    @case:login-email-malformed
    Scenario: Sam mistypes the address
      When Sam gives a malformed address
      Then Sam reads that the address is malformed

    @case:org-not-found
    Scenario: Nora belongs to no organization
      When Nora gives Nora's address without a test
      Then Nora reads that no organization is known

  Rule: Whether an account exists is not told

    @case:login-user-unknown
    Scenario: Sam gives an address that Acme does not manage
      When Sam gives an unknown address of Acme
      Then Sam is asked for a password

  Rule: A connection that leads back comes to no end

    @case:login-loop
    Scenario: The sign-on address is the service provider's own
      Given the connection leads back to the service provider
      When Sam tries the connection
      Then Sam is at the sign-in again

@scripted @any-idp
Feature: Before the IdP
  Problems that occur before the user leaves the SP are the easiest to fix.

  Background:
    Given Acme's SSO profile is set up

  Rule: Users who are not covered stay at the SP

    @case:login-no-redirect
    Scenario: SSO is not enforced for any user
      When Sam enters Sam's email
      Then Sam is asked for the SP password

    @case:sso-not-enabled-for-user
    Scenario: Only Grace is covered
      Given Ada has marked Sam's SSO test as passed
      And Ada has enforced SSO for Grace only
      When Sam enters Sam's email
      Then Sam is asked for the SP password

  Rule: An invalid email gets an error

    @case:login-email-malformed
    Scenario: Sam mistypes the email
      When Sam enters a malformed email
      Then Sam sees that the email is malformed

    @case:org-not-found
    Scenario: Nora belongs to no organization
      When Nora enters Nora's email
      Then Nora sees that the organization is unknown

  Rule: The SP does not reveal whether an account exists

    @case:login-user-unknown
    Scenario: Sam enters an email without an account
      When Sam enters an unknown Acme email
      Then Sam is asked for the SP password

  Rule: A sign-on URL that points to the SP leads back to the SP

    @case:login-loop
    Scenario: The sign-on URL is the SP's own
      Given the SSO profile's sign-on URL points to the SP
      When Sam takes the SSO test
      Then Sam is back on the SP login page

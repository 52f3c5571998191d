@any-idp
Feature: Email discovery
  The email decides where a user signs in, and a test must not change that for other users.

  Background:
    Given Acme's SSO profile is set up

  Rule: Only the browser that opened the test link uses the SSO profile under test

    @any-product
    Scenario: Sam enters the email in another browser
      Given Ada has sent Sam an SSO test
      And Sam has opened the test link
      When Sam enters Sam's email in another browser
      Then Sam is asked for the SP password

    Scenario: Sam enters another user's email
      Given Ada has sent Sam an SSO test
      And Sam has opened the test link
      When Sam enters Grace's email
      Then Sam sees that the test is for another user

  Rule: Users who are not covered sign in with a password

    @any-product
    Scenario: SSO is not enforced yet
      When Sam enters Sam's email
      Then Sam is asked for the SP password

  Rule: An email of an unknown organization gets an error

    Scenario: Nora's domain is unknown
      When Nora enters Nora's email
      Then Nora sees that the organization is unknown

  Rule: Emails are not case-sensitive

    @any-product
    Scenario: Sam enters the email in upper case
      Given Ada has marked Sam's SSO test as passed
      And Ada has enforced SSO
      When Sam enters Sam's email in upper case
      Then Sam is signed in through the IdP

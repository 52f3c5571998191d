@any-idp
Feature: Email delivery
  An SSO test depends on one email, and email can arrive late, twice, altered or not at all.

  Background:
    Given Acme's SSO profile is set up

  Rule: Ada sees that a test email was not sent

    @case:test-mail-missing
    Scenario: The mail server rejects the email
      Given the mail server rejects email to Sam
      When Ada tries to send Sam an SSO test
      Then Ada sees that the test email was not sent

    Scenario: The mail server defers the email
      Given the mail server defers email to Sam
      When Ada tries to send Sam an SSO test
      Then Ada sees that the test email was not sent

  Rule: Ada sees that a test link was never opened

    @case:test-link-expired
    Scenario: The test email never reaches Sam
      Given the mail server delays email to Sam
      And Ada has sent Sam an SSO test
      When 25 hours pass
      Then Ada sees that the test link was never opened

  Rule: The link of a late test email explains why it no longer works

    Scenario: The test email arrives after its link has expired
      Given the mail server delays email to Sam
      And Ada has sent Sam an SSO test
      And the test email reaches Sam 25 hours late
      When Sam opens the test link
      Then Sam sees that the test link has expired

    Scenario: The first test email arrives after the second
      Given the mail server delivers two test emails to Sam in reverse order
      When Sam opens the test link
      Then Sam sees that a newer test link was sent
      And Ada sees that a test email was sent to Sam

  Rule: The link of an altered test email still works

    Scenario Outline: The mail server <problem> email to Sam
      Given the mail server <problem> email to Sam
      When Sam takes the SSO test
      Then the test passes
      And Ada sees that Sam signed in

      Examples:
        | problem               |
        | duplicates            |
        | strips the HTML from        |
        | rewrites the links in |

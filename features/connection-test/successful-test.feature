@any-idp
Feature: A successful SSO test
  Enforcing SSO without a test can lock users out, so a colleague tests the SSO profile first.

  Rule: A colleague's sign-in verifies the SSO profile

    @any-product
    Scenario: From setup to enforcement
      Given Acme's SSO profile is set up by hand
      When Sam takes the SSO test
      And Ada marks the test as passed
      And Ada enforces SSO
      Then Sam can sign in only through the IdP

    @any-product
    Scenario: Setup from IdP metadata
      Given Acme's SSO profile is set up from metadata
      When Sam takes the SSO test
      Then Sam is signed in through the IdP
      And the test passes

    Scenario: The request is signed and sent by POST
      Given Acme's SSO profile is set up
      And requests are signed and sent by POST
      When Sam takes the SSO test
      Then Sam is signed in through the IdP

    Scenario: The request is signed and sent by redirect
      Given Acme's SSO profile is set up
      And requests are signed and sent by redirect
      When Sam takes the SSO test
      Then Sam is signed in through the IdP

  Rule: The test email says who sent it and what to do

    Scenario: The test email names Ada and contains the test link
      Given Acme's SSO profile is set up
      When Ada sends Sam an SSO test
      Then Sam receives the test email from Ada

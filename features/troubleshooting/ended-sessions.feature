@scripted @any-idp
Feature: Ended sessions
  When a session ends on the server, the user must sign in again, and unsaved changes must not be applied.

  Background:
    Given Acme's SSO profile is set up

  Rule: A user without a session must sign in

    @case:session-not-found
    Scenario: Sam's session has ended
      Given Sam is signed in with a password
      And 13 hours pass
      When Sam continues in the Console
      Then Sam is back on the SP login page

  Rule: A form sent after the session has ended has no effect

    @case:post-data-lost
    Scenario: Ada's session ends before the form is sent
      Given Ada is about to send an SSO test
      And 13 hours pass
      When Ada tries to send Sam an SSO test
      Then Ada is back on the SP login page
      And no email reaches Sam

  Rule: A response without the browser's cookie signs no user in

    @case:cookie-samesite-blocked
    Scenario: The cookie is missing
      Given the IdP has issued a response for Sam
      When Mallory's browser posts Sam's response
      Then the SP rejects the response as request-id-lost

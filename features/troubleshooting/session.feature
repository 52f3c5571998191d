@scripted @any-idp
Feature: Sessions that are gone
  A session ends on the server; whoever goes on must sign in again, and nothing half done may remain.

  Background:
    Given Ada has connected Acme to its identity provider

  Rule: Without a session everybody begins at the sign-in

    @case:session-not-found
    Scenario: Sam's session has ended
      Given Sam has signed in to the Console
      And 13 hours pass
      When Sam goes on in the Console
      Then Sam is at the sign-in again

  Rule: What is sent after the session's end is not done

    @case:post-data-lost
    Scenario: Ada's session ends while the form is open
      Given Ada has signed in to the Console
      And 13 hours pass
      When Ada asks Sam to try the connection
      Then Ada is at the sign-in again
      And no e-mail reaches Sam

  Rule: An answer without the browser's cookie signs nobody in

    @case:cookie-samesite-blocked
    Scenario: The cookie does not come along
      Given Sam has stood at the identity provider
      When Mallory's browser sends Sam's answer
      Then the answer is refused as request-id-lost

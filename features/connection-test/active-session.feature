@any-idp
Feature: Sessions that are already there
  An open session hides whether the connection works, and may belong to somebody else.

  Rule: Opening the test link closes the session that the browser holds

    Scenario: Sam's own session ends on the server too
      Given Ada has connected Acme to its identity provider
      And Sam has signed in with a password
      And Ada has asked Sam to try the connection
      When Sam opens the test link
      Then Sam's earlier session is closed for good

    @case:stale-sp-session
    Scenario: A colleague's session in the same browser ends as well
      Given Ada has connected Acme to its identity provider
      And Grace has signed in with a password in Sam's browser
      And Ada has asked Sam to try the connection
      When Sam opens the test link
      Then Sam's earlier session is closed for good

  Rule: A session at the identity provider signs its owner in without asking

    Scenario: Sam is passed straight through
      Given Ada has connected Acme to its identity provider
      And Sam has a session at the identity provider
      When Sam tries the connection
      Then Sam is signed in through the identity provider
      And the identity provider did not ask Sam again

    @case:mailbox-switched
    Scenario: Somebody else's session at the identity provider is refused
      Given Ada has connected Acme to its identity provider
      And Grace has a session at the identity provider in Sam's browser
      When Sam tries the connection
      Then the sign-in is refused as nameid-user-mismatch

@any-idp
Feature: Existing sessions
  A session that is already open hides whether SSO works, and it may belong to another user.

  Rule: Opening the test link ends the session in that browser

    Scenario: Sam's session also ends on the server
      Given Acme's SSO profile is set up
      And Sam is signed in with a password
      And Ada has sent Sam an SSO test
      When Sam opens the test link
      Then Sam's earlier session is closed

    @case:stale-sp-session
    Scenario: Grace's session in Sam's browser also ends
      Given Acme's SSO profile is set up
      And Grace is signed in with a password in Sam's browser
      And Ada has sent Sam an SSO test
      When Sam opens the test link
      Then Grace's session in Sam's browser is closed

  Rule: A session at the IdP skips its login page

    @any-product
    Scenario: Sam is signed in without entering a password
      Given Acme's SSO profile is set up
      And Sam is already signed in at the IdP
      When Sam takes the SSO test
      Then Sam is signed in through the IdP
      And the IdP does not ask Sam to sign in again

    @case:mailbox-switched
    Scenario: Grace's IdP session in Sam's browser is rejected
      Given Acme's SSO profile is set up
      And Grace is already signed in at the IdP in Sam's browser
      When Sam takes the SSO test
      Then the SP rejects the response as nameid-user-mismatch
      And the test fails

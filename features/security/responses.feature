Feature: Responses that decide a test
  Only the response to a test's own request, in the browser that sent it, may decide the test.

  Background:
    Given Acme's SSO profile is set up

  Rule: A response from another browser changes nothing

    @any-idp
    Scenario: A forged response is rejected
      Given Sam is on the IdP login page
      When Mallory posts a forged response
      Then the SP rejects the response as nothing-signed
      And the test is still pending

    @any-idp
    Scenario: A forged response arrives before the real one
      Given Sam is on the IdP login page
      When Mallory posts a forged response
      And Sam signs in at the IdP
      Then the test passes

    @any-idp
    Scenario: Mallory's browser posts Sam's response
      Given the IdP has issued a response for Sam
      When Mallory's browser posts Sam's response
      Then Mallory is not signed in
      And the test is still pending

  Rule: A response is accepted only once

    @case:replay-detected @any-idp
    Scenario: The response is replayed
      Given Sam has taken the SSO test
      When Sam's browser posts the same response again
      Then the SP rejects the response as request-answered
      And the test passes

    @any-idp
    Scenario: Sam goes back in the browser after the sign-in
      When Sam takes the SSO test
      And Sam goes back in the browser
      Then Sam is signed in through the IdP
      And the test passes

    Scenario: Sam reloads the error page
      Given the IdP sends an assertion with a different Audience
      When Sam takes the SSO test
      And Sam reloads the error page
      Then the SP rejects the response as audience-mismatch
      And Sam sees the title of the troubleshooting entry

  Rule: A browser cannot use a response that it did not request

    @case:request-id-lost @any-idp
    Scenario: Sam's browser posts Grace's unused response
      Given the IdP has issued a response for Grace
      When Sam's browser posts Grace's response
      Then the SP rejects the response as request-id-lost
      And Sam is not signed in

  Rule: A response is valid at one organization only

    @any-idp
    Scenario: Sam's response is posted to another organization
      Given another organization trusts the same IdP
      And the IdP has issued a response for Sam
      When Sam's browser posts Sam's response to the other organization
      Then the other organization rejects the response, with destination-mismatch among its findings
      And the test is still pending

  Rule: Tests do not affect each other

    @any-idp
    Scenario: Sam's test passes while Grace's is pending
      Given Ada has sent Grace an SSO test
      When Sam takes the SSO test
      Then Sam's test passes
      And Grace's test is still pending

    @any-idp
    Scenario: Sam and Grace are at the IdP at the same time
      Given Sam is on the IdP login page
      And Grace is on the IdP login page
      When Grace signs in at the IdP
      Then Grace's test passes
      And Sam's test is still pending

  Rule: A response to a superseded test is rejected

    @any-idp
    Scenario: Ada edits the SSO profile while Sam is at the IdP
      Given Sam is on the IdP login page
      And Ada has edited the SSO profile
      When Sam signs in at the IdP
      Then the SP rejects the response as test-superseded
      And Sam is not signed in

  Rule: A request expires after ten minutes

    Scenario: Sam signs in after 9 minutes
      Given Sam is on the IdP login page
      And 9 minutes pass
      When Sam signs in at the IdP
      Then the test passes

    Scenario: Sam signs in after 11 minutes
      Given Sam is on the IdP login page
      And 11 minutes pass
      When Sam signs in at the IdP
      Then the SP rejects the response as request-expired
      And Sam is not signed in

  Rule: A late response is rejected and recorded

    @case:idp-login-timeout
    Scenario: Sam signs in after 31 minutes
      Given Sam is on the IdP login page
      And 31 minutes pass
      When Sam signs in at the IdP
      Then the SP rejects the response as request-expired
      And the test is unanswered, and the likely cause is app-not-assigned

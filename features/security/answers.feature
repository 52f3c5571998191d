Feature: Who may set a verdict
  Only the answer to a test's own request, in the browser that asked, may say how the test ended.

  Background:
    Given Ada has connected Acme to its identity provider

  Rule: What answers nothing changes nothing

    @any-idp
    Scenario: A forged answer decides nothing
      Given Sam stands at the identity provider
      When Mallory sends a forged answer
      Then the answer is refused as nothing-signed
      And the test is not decided

    @any-idp
    Scenario: A forged answer comes before the real one
      Given Sam stands at the identity provider
      When Mallory sends a forged answer
      And Sam signs in at the identity provider
      Then the test is proven

    @any-idp
    Scenario: Sam's own answer is sent in Mallory's browser
      Given Sam has stood at the identity provider
      When Mallory's browser sends Sam's answer
      Then Mallory is not signed in
      And the test is not decided

  Rule: An answer counts once

    @case:replay-detected @any-idp
    Scenario: The answer is sent again
      Given Sam has tried the connection
      When Sam sends the same answer again
      Then the answer is refused as request-answered
      And the test is proven

    @any-idp
    Scenario: Sam goes back in the browser after the sign-in
      When Sam tries the connection
      And Sam goes back in the browser
      Then Sam is signed in through the identity provider
      And the test is proven

    Scenario: Sam sends a refused answer once more
      Given the identity provider sends an assertion meant for someone else
      When Sam tries the connection
      And Sam reloads the refusal
      Then the sign-in is refused as audience-mismatch
      And Sam reads the title of the case

  Rule: A browser takes no answer that it did not ask for

    @case:request-id-lost @any-idp
    Scenario: Grace's fresh answer is slipped to Sam
      Given Grace has stood at the identity provider
      When Sam's browser sends Grace's answer
      Then the answer is refused as request-id-lost
      And Sam is not signed in

  Rule: An answer is good at one organization only

    @any-idp
    Scenario: Sam's answer is sent to another organization
      Given another organization trusts the same identity provider
      And Sam has stood at the identity provider
      When Sam's browser sends Sam's answer to the other organization
      Then the other organization refuses the answer, also as destination-mismatch
      And the test is not decided

  Rule: Two tests do not touch each other

    @any-idp
    Scenario: Sam succeeds while Grace has not answered
      Given Ada has asked Grace to try the connection
      When Sam tries the connection
      Then the test of Sam is proven
      And the test of Grace is not decided

    @any-idp
    Scenario: Sam and Grace stand at the identity provider at once
      Given Sam stands at the identity provider
      And Grace stands at the identity provider
      When Grace signs in at the identity provider
      Then the test of Grace is proven
      And the test of Sam is not decided

  Rule: An answer to a superseded test is refused

    @any-idp
    Scenario: The connection changes while Sam is at the identity provider
      Given Sam stands at the identity provider
      And Ada has changed the connection
      When Sam signs in at the identity provider
      Then the answer is refused as test-superseded
      And Sam is not signed in

  Rule: A request waits ten minutes for its answer

    Scenario: Sam comes back after 9 minutes
      Given Sam stands at the identity provider
      And 9 minutes pass
      When Sam signs in at the identity provider
      Then the test is proven

    Scenario: Sam comes back after 11 minutes
      Given Sam stands at the identity provider
      And 11 minutes pass
      When Sam signs in at the identity provider
      Then the answer is refused as request-expired
      And Sam is not signed in

  Rule: A late answer is refused and recorded

    @case:idp-login-timeout
    Scenario: Sam comes back after 31 minutes
      Given Sam stands at the identity provider
      And 31 minutes pass
      When Sam signs in at the identity provider
      Then the answer is refused as request-expired
      And the test is unanswered and points to app-not-assigned

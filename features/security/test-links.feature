@any-idp
Feature: Test links in the wrong hands
  Email clients, scanners and colleagues open links before, after or instead of the tester.

  Background:
    Given Acme's SSO profile is set up

  Rule: Checking a test link does not open it, even with a live session

    Scenario: An email client checks the test link
      Given Ada has sent Sam an SSO test
      And Sam is signed in with a password
      When Sam's email client checks the test link
      Then Sam is still signed in
      And the test link is still unopened

    Scenario: A browser prefetches the test link
      Given Ada has sent Sam an SSO test
      And Sam is signed in with a password
      When Sam's browser prefetches the test link
      Then Sam is still signed in
      And the test link is still unopened

    Scenario: An email scanner opens the test link first
      Given Ada has sent Sam an SSO test
      When an email scanner opens Sam's test link
      And Sam signs in through the test link
      Then the test passes

  Rule: A test link can be opened several times

    Scenario: Sam opens the test link twice
      Given Ada has sent Sam an SSO test
      And Sam has opened the test link
      When Sam signs in through the test link
      Then the test passes

    Scenario: Sam opens the test link in one browser and signs in with another
      Given Ada has sent Sam an SSO test
      And Sam has opened the test link in another browser
      When Sam signs in through the test link
      Then the test passes

    Scenario: Sam opens the test link on the phone as well
      Given Sam is on the IdP login page
      When Sam continues on the phone
      Then the test passes

  Rule: A test link that no longer works says why

    Scenario: The test link is more than a day old
      Given Ada has sent Sam an SSO test
      And 25 hours pass
      When Sam opens the test link
      Then Sam sees that the test link has expired

    @case:test-superseded
    Scenario: A newer test link was sent
      Given Ada has sent Sam an SSO test
      And Ada has sent Sam an SSO test
      When Sam opens the first test link
      Then Sam sees that a newer test link was sent

    Scenario: The test has already passed
      Given Sam has taken the SSO test
      When Sam opens the test link
      Then Sam sees that the test is finished

    Scenario: An email client truncates the test link
      Given Ada has sent Sam an SSO test
      When Sam opens a truncated test link
      Then Sam sees that the test link is truncated

    Scenario: The test link was altered
      Given Ada has sent Sam an SSO test
      When Sam opens an altered test link
      Then Sam sees that the test link was altered

  Rule: A test link works only for its tester

    Scenario: Grace opens Sam's test link and enters Grace's email
      Given Ada has sent Sam an SSO test
      And Grace has opened Sam's test link
      When Grace enters Grace's email in the test
      Then Grace sees that the test is for another user

Feature: Following a test
  The administrator waits while the tester is busy in another browser, so each must see where the test is.

  Background:
    Given Acme's SSO profile is set up

  Rule: The result follows the test

    Scenario: Ada watches while Sam opens the test link
      Given Ada has sent Sam an SSO test
      And Ada is watching the result of the SSO test
      When Sam opens the test link
      Then Ada sees that Sam has opened the test link

  Rule: The tester sees that nothing is left to do

    Scenario: Sam's test succeeds
      When Sam takes the SSO test
      Then Sam sees that the test worked

  Rule: The administrator finds the reference number that the tester reports

    Scenario: The response is rejected
      Given the IdP sends an assertion with a different Audience
      When Sam takes the SSO test
      Then Ada sees Sam's reference number

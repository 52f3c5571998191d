Feature: Marking the result
  What the administrator says stands beside what the service provider saw, and cannot replace it.

  Background:
    Given Ada has connected Acme to its identity provider

  Rule: A mark of success needs an observed sign-in

    @any-idp
    Scenario: A mark of success before anybody signed in
      Given Ada has asked Sam to try the connection
      When Ada marks the test as a success
      Then the mark is refused since no sign-in was observed

    Scenario: A mark of success after a refused sign-in
      Given the identity provider sends an assertion meant for someone else
      And Sam has tried the connection
      When Ada marks the test as a success
      Then the mark is refused since no sign-in was observed

    @any-idp
    Scenario: A mark of success for an older revision
      Given Sam has tried the connection
      And Ada has changed the connection
      When Ada marks the test as a success
      Then the mark is refused since the connection has changed

  Rule: A mark of failure leads to the likely cause

    @any-idp
    Scenario: Sam reports that nothing happened
      Given Ada has asked Sam to try the connection
      When Ada marks the test as a failure
      Then Ada is sent to the troubleshooting cases

  Rule: A mark of failure ends the session that the test opened

    @any-idp
    Scenario: Sam signed in, and Ada found a mistake
      Given Sam has tried the connection
      When Ada marks the test as a failure
      Then Sam's earlier session is closed for good

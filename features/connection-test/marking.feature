Feature: Marking the result
  The administrator's mark is shown next to what the SP observed, and does not replace it.

  Background:
    Given Acme's SSO profile is set up

  Rule: A test can be marked as passed only after an observed sign-in

    @any-idp
    Scenario: Ada marks the test as passed before Sam signs in
      Given Ada has sent Sam an SSO test
      When Ada tries to mark the test as passed
      Then Ada cannot mark the test as passed: no sign-in was observed

    Scenario: Ada marks a failed test as passed
      Given the IdP sends an assertion with a different Audience
      And Sam has taken the SSO test
      When Ada tries to mark the test as passed
      Then Ada cannot mark the test as passed: no sign-in was observed

    @any-idp
    Scenario: Ada marks the test of an older revision as passed
      Given Sam has taken the SSO test
      And Ada has edited the SSO profile
      When Ada tries to mark the test as passed
      Then Ada cannot mark the test as passed: the SSO profile has changed

  Rule: Marking a test as failed leads to the likely cause

    @any-idp
    Scenario: Sam has not opened the test link
      Given Ada has sent Sam an SSO test
      When Ada marks the test as failed
      Then Ada sees the troubleshooting entries

    Scenario: Ada marks a test with a rejected response as failed
      Given the IdP sends an assertion with a different Audience
      And Sam has taken the SSO test
      When Ada marks the test as failed
      Then Ada sees the troubleshooting entry for the rejection

    Scenario: Ada sees what can be wrong with the test email
      Given Ada has sent Sam an SSO test
      When Ada marks the test as failed
      Then Ada sees the troubleshooting entries about the test email

    Scenario: Ada sees what can be wrong at the IdP
      Given Sam is on the IdP login page
      When Ada marks the test as failed
      Then Ada sees the troubleshooting entries about the IdP

  Rule: Marking a test as failed ends the session that it opened

    @any-idp
    Scenario: Sam is signed in when Ada marks the test as failed
      Given Sam has taken the SSO test
      When Ada marks the test as failed
      Then Sam's earlier session is closed

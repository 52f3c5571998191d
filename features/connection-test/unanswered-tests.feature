@any-idp
Feature: Tests without a response
  Some failures happen at the IdP and never reach the SP, so the SP must suggest the likely cause.

  Rule: A user who is not assigned is stuck at the IdP

    @case:app-not-assigned
    Scenario: Sam is not assigned to the app
      Given Acme's SSO profile is set up
      And Sam is not assigned to the app
      When Sam takes the SSO test
      And 31 minutes pass
      Then the test is unanswered, and the likely cause is app-not-assigned

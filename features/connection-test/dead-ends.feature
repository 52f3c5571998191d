@any-idp
Feature: Tests that get no answer
  Some failures happen at the identity provider and nothing ever comes back; the hint must name the likely cause.

  Rule: Who is not assigned is stuck at the identity provider

    @case:app-not-assigned
    Scenario: Sam is not assigned to the app
      Given Ada has connected Acme to its identity provider
      And Sam is not assigned to the app
      When Sam tries the connection
      And 31 minutes pass
      Then the test is unanswered and points to app-not-assigned

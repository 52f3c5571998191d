@scripted
Feature: Trouble at the identity provider
  A service provider cannot see what happens there; the tester's word and the likely causes must do.

  Background:
    Given Ada has connected Acme to its identity provider

  Rule: A test without an answer points to the likely cause first

    @case:idp-page-not-found
    Scenario: The sign-on address does not exist
      Given the connection leads nowhere
      When Sam tries in vain and reports a page that was not found
      And 31 minutes pass
      Then the test is unanswered and points to idp-page-not-found

    @case:app-unknown
    Scenario: The identity provider does not know the application
      Given the identity provider does not know the application
      When Sam tries in vain and reports an unknown application
      And 31 minutes pass
      Then the test is unanswered and points to app-unknown

    @case:idp-unreachable @any-idp
    Scenario: The identity provider does not answer
      Given the identity provider is down
      When Sam tries in vain and reports that nothing loads
      And 31 minutes pass
      Then the test is unanswered and points to idp-unreachable

    @any-idp
    Scenario: Sam gave up at the sign-in
      Given Sam is not assigned to the app
      When Sam tries in vain and reports having given up
      And 31 minutes pass
      Then the test is unanswered and points to user-cancelled

    @any-idp
    Scenario: Sam has no second factor
      Given Sam is not assigned to the app
      When Sam tries in vain and reports a second factor that is missing
      And 31 minutes pass
      Then the test is unanswered and points to assurance-too-low

  Rule: A request that the identity provider cannot take is turned away there

    @case:request-issuer-case
    Scenario: The entity ID differs in capitals
      Given the identity provider knows the application in capitals
      When Sam tries the connection
      Then the identity provider refuses the request as app-unknown

    @case:acs-not-registered
    Scenario: The answer's address is not registered
      Given the identity provider knows another address of the application
      When Sam tries the connection
      Then the identity provider refuses the request as acs-not-registered

    @case:request-missing
    Scenario: The request was lost
      When Sam comes to the identity provider without a request
      Then the identity provider refuses the request as request-missing

    @case:request-malformed
    Scenario: The request is garbled
      When Sam comes to the identity provider with a garbled request
      Then the identity provider refuses the request as request-malformed

    @case:request-destination-wrong
    Scenario: The request is addressed to another name
      Given the connection knows the identity provider by another name
      When Sam tries the connection
      Then the identity provider refuses the request as request-destination-wrong

    @case:request-unsigned
    Scenario: The identity provider demands signed requests
      Given the identity provider demands signed requests
      When Sam tries the connection
      Then the identity provider refuses the request as request-unsigned

    @case:request-signature-bad
    Scenario: The identity provider holds a wrong key
      Given the identity provider holds a wrong key of the service provider
      When Sam tries the connection
      Then the identity provider refuses the request as request-signature-bad

    @case:request-expired
    Scenario: The clocks differ
      Given the identity provider's clock is 20 minutes ahead
      When Sam tries the connection
      Then the identity provider refuses the request as request-expired

  Rule: A sign-in that was left open too long must begin again

    @case:idp-state-lost
    Scenario: Sam returns to an old sign-in
      When Sam returns to an old sign-in at the identity provider
      Then Sam reads that the sign-in must begin again

  Rule: An identity provider that is switched off says so

    @case:idp-realm-disabled
    Scenario: Acme is switched off
      Given the identity provider is switched off for Acme
      When Sam tries the connection
      Then Sam reads that sign-in is switched off

  Rule: A sign-in that begins at the identity provider is refused unless the profile allows it

    @case:idp-initiated-disabled
    Scenario: Sam starts at the identity provider
      When Sam starts at the identity provider
      Then the answer is refused as response-unsolicited
      And Sam is not signed in

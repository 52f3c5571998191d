@scripted
Feature: Problems at the IdP
  The SP cannot see what happens at the IdP, so it relies on the tester's report and the likely causes.

  Background:
    Given Acme's SSO profile is set up

  Rule: An unanswered test lists the likely cause first

    @case:idp-page-not-found
    Scenario: The sign-on URL does not exist
      Given the SSO profile's sign-on URL does not exist
      When Sam cannot sign in and reports a page-not-found error
      And 31 minutes pass
      Then the test is unanswered, and the likely cause is idp-page-not-found

    @case:app-unknown
    Scenario: The app is not registered
      Given the app is not registered at the IdP
      When Sam cannot sign in and reports an unknown-app error
      And 31 minutes pass
      Then the test is unanswered, and the likely cause is app-unknown

    @case:idp-unreachable @any-idp
    Scenario: The IdP does not respond
      Given the IdP is down
      When Sam cannot sign in and reports a page that does not load
      And 31 minutes pass
      Then the test is unanswered, and the likely cause is idp-unreachable

    @any-idp
    Scenario: Sam cancels the sign-in
      Given Sam is not assigned to the app
      When Sam cannot sign in and reports a cancelled sign-in
      And 31 minutes pass
      Then the test is unanswered, and the likely cause is user-cancelled

    @any-idp
    Scenario: Sam has no second factor
      Given Sam is not assigned to the app
      When Sam cannot sign in and reports a missing second factor
      And 31 minutes pass
      Then the test is unanswered, and the likely cause is assurance-too-low

  Rule: The IdP rejects requests that it cannot accept

    @case:request-issuer-case
    Scenario: The entity ID differs in case
      Given the app's entity ID at the IdP is in upper case
      When Sam takes the SSO test
      Then the IdP rejects the request as app-unknown

    @case:acs-not-registered
    Scenario: The ACS URL is not registered
      Given the app's ACS URL at the IdP is wrong
      When Sam takes the SSO test
      Then the IdP rejects the request as acs-not-registered

    @case:request-missing
    Scenario: The request is missing
      When Sam reaches the IdP without a request
      Then the IdP rejects the request as request-missing

    @case:request-malformed
    Scenario: The request is malformed
      When Sam reaches the IdP with a malformed request
      Then the IdP rejects the request as request-malformed

    @case:request-destination-wrong
    Scenario: The request has another host name in its Destination
      Given the SSO profile's sign-on URL has a different host name
      When Sam takes the SSO test
      Then the IdP rejects the request as request-destination-wrong

    @case:request-unsigned
    Scenario: The request is not signed
      Given the IdP requires signed requests
      When Sam takes the SSO test
      Then the IdP rejects the request as request-unsigned

    @case:request-signature-bad
    Scenario: The IdP has the wrong certificate of the SP
      Given the app's certificate at the IdP is wrong
      When Sam takes the SSO test
      Then the IdP rejects the request as request-signature-bad

    @case:request-expired
    Scenario: The IdP's clock is ahead
      Given the IdP's clock is 20 minutes ahead
      When Sam takes the SSO test
      Then the IdP rejects the request as request-expired

  Rule: A sign-in that was left open too long must be started again

    @case:idp-state-lost
    Scenario: Sam goes back to an old sign-in
      When Sam goes back to an old IdP login page
      Then Sam is asked to start the sign-in again

  Rule: A disabled IdP tenant says so

    @case:idp-realm-disabled
    Scenario: Acme's tenant is disabled
      Given Acme's tenant at the IdP is disabled
      When Sam takes the SSO test
      Then Sam sees that sign-in is disabled

  Rule: IdP-initiated sign-in is rejected unless the SSO profile allows it

    @case:idp-initiated-disabled
    Scenario: Sam signs in from the app portal
      When Sam signs in from the IdP's app portal
      Then the SP rejects the response as response-unsolicited
      And Sam is not signed in

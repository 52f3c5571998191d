@scripted
Feature: Valid responses for the wrong account
  A response can pass every check and still name a user who must not sign in.

  Background:
    Given Acme's SSO profile is set up

  Rule: The SP does not create unknown accounts

    @case:user-not-provisioned
    Scenario: The IdP signs in a user without an account
      Given the SSO profile allows IdP-initiated sign-in
      And Sam's email at the IdP is different
      When Sam signs in from the IdP's app portal
      Then the SP rejects the response as user-not-provisioned

  Rule: A user who is not enrolled signs in at the SP

    @case:sso-not-enabled-for-user
    Scenario: Sam starts at the IdP before SSO is enforced
      Given the SSO profile allows IdP-initiated sign-in
      When Sam signs in from the IdP's app portal
      Then the SP rejects the response as user-not-enrolled

  Rule: A changed NameID is another user

    @case:nameid-changed-owner
    Scenario: Sam's email was changed at the IdP
      Given Sam's email at the IdP is different
      When Sam takes the SSO test
      Then the SP rejects the response as nameid-user-mismatch
      And the test fails

    @case:nameid-not-stable
    Scenario: The IdP sends a new NameID every time
      Given the IdP sends a transient NameID
      When Sam takes the SSO test
      Then the SP rejects the response as nameid-format-wrong
      And the test fails

  Rule: A user of another SSO profile cannot sign in through this one

    @case:user-status-invalid
    Scenario: Sam belongs to another SSO profile
      Given the SSO profile allows IdP-initiated sign-in
      And Sam is enrolled in another SSO profile
      When Sam signs in from the IdP's app portal
      Then the SP rejects the response as nameid-user-mismatch

  Rule: A deactivated account cannot sign in

    @case:user-deactivated
    Scenario: Sam's account was deactivated at the SP
      Given the SSO profile allows IdP-initiated sign-in
      And Sam's account is deactivated
      When Sam signs in from the IdP's app portal
      Then the SP rejects the response as user-deactivated

  Rule: Signing in grants no additional rights

    @case:role-not-authorised @any-idp
    Scenario: Sam tries to open the Admin Center
      When Sam tries to open the Admin Center
      Then Sam sees that only administrators have access

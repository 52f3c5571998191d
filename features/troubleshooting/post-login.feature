@scripted
Feature: A valid answer for the wrong account
  The message may be right in every respect and still name somebody who must not sign in.

  Background:
    Given Ada has connected Acme to its identity provider

  Rule: An account that the service provider does not know is not created

    @case:user-not-provisioned
    Scenario: The identity provider vouches for somebody unknown
      Given the profile lets people start at the identity provider
      And the identity provider knows Sam by another address
      When Sam starts at the identity provider
      Then the answer is refused as user-not-provisioned

  Rule: A changed identity is another identity

    @case:nameid-changed-owner
    Scenario: Sam was renamed at the identity provider
      Given the identity provider knows Sam by another address
      When Sam tries the connection
      Then the sign-in is refused as nameid-user-mismatch

    @case:nameid-not-stable
    Scenario: The identity provider sends a new name every time
      Given the identity provider sends a transient NameID
      When Sam tries the connection
      Then the sign-in is refused as nameid-format-wrong

  Rule: Who signs in through another profile is not signed in through this one

    @case:user-status-invalid
    Scenario: Sam belongs to another profile
      Given the profile lets people start at the identity provider
      And Sam signs in through another profile
      When Sam starts at the identity provider
      Then the answer is refused as nameid-user-mismatch

  Rule: A deactivated account stays out

    @case:user-deactivated
    Scenario: Sam was deactivated at the service provider
      Given the profile lets people start at the identity provider
      And Sam is deactivated
      When Sam starts at the identity provider
      Then the answer is refused as user-deactivated

  Rule: A sign-in gives no rights that the account does not have

    @case:role-not-authorised @any-idp
    Scenario: Sam opens the Admin Center
      When Sam opens the Admin Center
      Then Sam reads that this is for administrators

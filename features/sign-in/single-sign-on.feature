@any-product
Feature: Signing in through the IdP
  Users depend on this every day, in every product.

  Background:
    Given Acme uses SSO

  Rule: A user signs in through the IdP

    Scenario: Sam signs in
      When Sam tries to sign in through the IdP
      Then Sam is signed in through the IdP

    Scenario: Sam has a session at the IdP
      Given Sam is already signed in at the IdP
      When Sam starts to sign in
      Then Sam is signed in through the IdP
      And the IdP does not ask Sam to sign in again

    Scenario: Sam signs in again after signing out
      Given Sam has signed in through the IdP
      When Sam signs out
      And Sam signs in through the IdP
      Then Sam is signed in through the IdP

  Rule: The user at the IdP decides who is signed in

    Scenario: Grace has a session at the IdP in Sam's browser
      Given Grace is already signed in at the IdP in Sam's browser
      When Sam starts to sign in
      Then Sam's browser is signed in as Grace, or not at all

  Rule: Signing out ends the session

    Scenario: Sam signs out
      Given Sam has signed in through the IdP
      When Sam signs out
      Then Sam is not signed in

    Scenario: Sam signs out at the IdP
      Given Sam has signed in through the IdP
      When Sam signs out at the IdP
      Then Sam is not signed in

  Rule: Only Acme's users are sent to Acme's IdP

    Scenario: Sam starts to sign in
      When Sam starts to sign in
      Then Sam is sent to the IdP

    Scenario: Nora enters an email
      When Nora enters Nora's email
      Then Nora is not sent to the IdP

Feature: The identity provider changes its key
  Keys change while people sign in. An SP that has both certificates goes on; any other SP must learn what is missing.

  Background:
    Given Ada has connected Acme to its identity provider

  Rule: Who knows both keys does not notice the change

    Scenario: The key changes while Sam is at the identity provider
      Given Ada has been told of the identity provider's next key
      And Sam stands at the identity provider
      When the identity provider changes its key
      And Sam signs in at the identity provider
      Then the test is proven

  Rule: A key that nobody was told of is named as the cause

    Scenario: The key changes without a word
      Given Sam stands at the identity provider
      When the identity provider changes its key
      And Sam signs in at the identity provider
      Then the sign-in is refused as signing-cert-mismatch

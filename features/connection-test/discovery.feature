@any-idp
Feature: E-mail discovery
  The address decides where a sign-in goes, and a test must not change that for anybody else.

  Background:
    Given Ada has connected Acme to its identity provider

  Rule: The profile under test is used only in the browser that opened the link

    Scenario: Another browser of Sam's asks for the password
      Given Ada has asked Sam to try the connection
      And Sam has opened the test link
      When Sam gives Sam's address in another browser
      Then Sam is asked for the password

    Scenario: Another address than the invited one
      Given Ada has asked Sam to try the connection
      And Sam has opened the test link
      When Sam gives Grace's address
      Then Sam reads that somebody else was invited

  Rule: Who is not covered signs in by password

    Scenario: Before enforcement
      When Sam gives Sam's address
      Then Sam is asked for the password

  Rule: An address that no organization manages is told so

    Scenario: An unknown domain
      When Nora gives Nora's address
      Then Nora reads that no organization is known

  Rule: Capital letters in an address make no difference

    Scenario: Sam writes the address in capitals
      Given Sam has proven the connection
      And Ada has enforced single sign-on
      When Sam gives Sam's address in capitals
      Then Sam is signed in through the identity provider

@any-idp
Feature: Test links in strange hands
  Mail programs, scanners and colleagues open links before, after or instead of the one who was asked.

  Background:
    Given Ada has connected Acme to its identity provider

  Rule: Looking at a link is not opening it, even with a live session

    Scenario: A mail program probes the link
      Given Ada has asked Sam to try the connection
      And Sam has signed in with a password
      When Sam's mail program probes the test link
      Then Sam is still signed in
      And the link is not opened

    Scenario: A browser fetches the link ahead
      Given Ada has asked Sam to try the connection
      And Sam has signed in with a password
      When Sam's browser fetches the test link ahead
      Then Sam is still signed in
      And the link is not opened

    Scenario: A scanner opens the link first
      Given Ada has asked Sam to try the connection
      When a mail scanner opens the test link of Sam
      And Sam follows the test link
      Then the test is proven

  Rule: Opening never spends the link

    Scenario: Sam opens the link twice
      Given Ada has asked Sam to try the connection
      And Sam has opened the test link
      When Sam follows the test link
      Then the test is proven

    Scenario: Sam opens the link in one browser and tries in another
      Given Ada has asked Sam to try the connection
      And Sam has opened the test link in another browser
      When Sam follows the test link
      Then the test is proven

  Rule: A link that is no good says why

    Scenario: The link is older than a day
      Given Ada has asked Sam to try the connection
      And 25 hours pass
      When Sam opens the test link
      Then Sam reads that the link has expired

    @case:test-superseded
    Scenario: A newer link went out
      Given Ada has asked Sam to try the connection
      And Ada has asked Sam to try the connection
      When Sam opens the first test link
      Then Sam reads that a newer link went out

    Scenario: The test is proven already
      Given Sam has tried the connection
      When Sam opens the test link
      Then Sam reads that the test is done

    Scenario: A mail program cuts the link off
      Given Ada has asked Sam to try the connection
      When Sam opens the test link without its end
      Then Sam reads that the link was cut off

    Scenario: Somebody changed the link
      Given Ada has asked Sam to try the connection
      When Sam opens the test link with one letter changed
      Then Sam reads that the link was changed

  Rule: A link works for the one who was asked

    Scenario: Grace opens Sam's link and gives Grace's address
      Given Ada has asked Sam to try the connection
      And Grace has opened the test link of Sam
      When Grace gives Grace's address at the test
      Then Grace reads that somebody else was invited

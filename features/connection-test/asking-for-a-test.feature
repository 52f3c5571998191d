@any-idp
Feature: Asking a colleague for a test
  A test by the wrong person proves nothing, or locks out the one who could repair the connection.

  Background:
    Given Ada has connected Acme to its identity provider

  Rule: Only a managed user of a verified domain can be asked, and a stranger learns nothing from the answer

    @case:test-user-unknown
    Scenario: Somebody who is no managed user
      When Ada asks an unknown colleague to try the connection
      Then no test e-mail goes out since the user cannot be tested

    @case:test-user-domain-unverified
    Scenario: Somebody outside the verified domains
      When Ada asks Nora to try the connection
      Then no test e-mail goes out since the user cannot be tested

    Scenario: A malformed address
      When Ada asks a malformed address to try the connection
      Then no test e-mail goes out since the address is malformed

  Rule: Administrators do not test on themselves

    @case:test-user-is-self
    Scenario: Ada's own address
      When Ada asks Ada to try the connection
      Then no test e-mail goes out since it is the own address

  Rule: Who signs in through another profile is not asked

    @case:test-user-already-sso
    Scenario: Sam is enrolled in another profile
      Given Sam signs in through another profile
      When Ada asks Sam to try the connection
      Then no test e-mail goes out since the user has another profile

  Rule: An incomplete profile cannot be tested

    Scenario: The certificate is missing
      Given the profile lacks its certificate
      When Ada asks Sam to try the connection
      Then no test e-mail goes out since the profile is incomplete

  Rule: A newer link takes the place of the older

    Scenario: Sam opens the older of two links
      Given Ada has asked Sam to try the connection
      And Ada has asked Sam to try the connection
      When Sam opens the first test link
      Then Sam reads that a newer link went out

@any-idp
Feature: Sending an SSO test
  A test by the wrong user shows nothing, or locks out the administrator who could fix the SSO profile.

  Background:
    Given Acme's SSO profile is set up

  Rule: Only managed users in a verified domain can be tested, and the error does not reveal who has an account

    @case:test-user-unknown
    Scenario: The email belongs to no managed user
      When Ada tries to send an SSO test to an unknown user
      Then no test email is sent: the user cannot be tested

    @case:test-user-domain-unverified
    Scenario: The email is outside the verified domains
      When Ada tries to send Nora an SSO test
      Then no test email is sent: the user cannot be tested

    Scenario: The email is malformed
      When Ada tries to send an SSO test to a malformed email
      Then no test email is sent: the email is malformed

  Rule: Administrators cannot test themselves

    @case:test-user-is-self
    Scenario: Ada enters Ada's own email
      When Ada tries to send Ada an SSO test
      Then no test email is sent: the email is Ada's own

  Rule: A user of another SSO profile cannot be tested

    @case:test-user-already-sso
    Scenario: Sam is enrolled in another SSO profile
      Given Sam is enrolled in another SSO profile
      When Ada tries to send Sam an SSO test
      Then no test email is sent: the user has another SSO profile

  Rule: An incomplete SSO profile cannot be tested

    Scenario: The certificate is missing
      Given the SSO profile has no certificate
      When Ada tries to send Sam an SSO test
      Then no test email is sent: the SSO profile is incomplete

  Rule: A newer test link replaces the older one

    Scenario: Sam opens the older of two links
      Given Ada has sent Sam an SSO test
      And Ada has sent Sam an SSO test
      When Sam opens the first test link
      Then Sam sees that a newer test link was sent

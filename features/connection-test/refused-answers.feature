Feature: Answers that the service provider refuses
  Every check must be able to fail, and whoever must repair the connection learns which one did.

  Background:
    Given Ada has connected Acme to its identity provider

  Rule: A faulty answer signs nobody in and leads Ada to its cause

    Scenario Outline: The identity provider sends <fault>
      Given the identity provider sends <fault>
      When Sam tries the connection
      Then the sign-in is refused as <rejection>
      And Sam reads the title of the case
      And Ada is sent to the case of the rejection

      Examples:
        | fault                                              | rejection               |
        | an unsigned message around a signed assertion      | message-not-signed      |
        | an assertion encrypted for somebody else           | encryption-unsupported  |
        | an assertion meant for someone else                | audience-mismatch       |
        | no RelayState                                      | relay-state-missing     |
        | an assertion that expired 10 minutes ago           | assertion-expired       |
        | an assertion that is valid only in 10 minutes      | not-yet-valid           |
        | signatures made with a stranger's key              | signing-cert-mismatch   |
        | a NameID altered after signing                     | altered-in-transit      |
        | the NameID of another person                       | nameid-user-mismatch    |
        | a response to another request                      | in-response-to-mismatch |
        | a response for another destination                 | destination-mismatch    |
        | a status of failed authentication                  | status-authn-failed     |

  Rule: Where several things are wrong, the first in order decides

    Scenario: The assertion is for somebody else, and RelayState is lost
      Given the identity provider sends an assertion meant for someone else
      And the identity provider sends no RelayState
      When Sam tries the connection
      Then the sign-in is refused as relay-state-missing

  Rule: A refusal is not final

    Scenario: Sam tries again with the same link
      Given the identity provider sends an assertion meant for someone else
      And Sam has tried the connection
      And the identity provider tells the truth again
      When Sam tries again with the same link
      Then the test is proven

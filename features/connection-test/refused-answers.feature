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

  Rule: Nothing that a browser makes of a faulty answer lets anybody in

    Scenario Outline: A browser brings <fault>
      Given the identity provider sends <fault>
      When Sam tries the connection
      Then the sign-in is refused as <rejection>

      Examples:
        | fault                                            | rejection                   |
        | an unsigned message around an unsigned assertion | nothing-signed              |
        | a response of another issuer                     | issuer-mismatch             |
        | an assertion without an audience restriction     | audience-missing            |
        | a subject confirmation for another recipient     | recipient-mismatch          |
        | a NameID of unspecified format                   | nameid-format-wrong         |
        | a subject without a NameID                       | nameid-missing              |
        | a NameID that is no mail address                 | nameid-not-email            |
        | a NameID of another domain                       | email-domain-refused        |
        | a mangled signature value                        | signature-invalid           |
        | signatures by RSA with SHA-1                     | signature-algorithm-refused |
        | a response that does not name the request        | in-response-to-missing      |
        | a response without a status                      | status-missing              |
        | a status message with HTML                       | status-not-success          |
        | a form without a message                         | response-missing            |
        | a form with the message twice                    | response-duplicated         |
        | word of a user who cancelled                     | status-user-cancelled       |
        | the message in the address                       | response-by-redirect        |
        | a RelayState with HTML                           | relay-state-mismatch        |

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

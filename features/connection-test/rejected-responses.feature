Feature: Rejected responses
  Every check must be able to fail, and the administrator must see which check failed.

  Background:
    Given Acme's SSO profile is set up

  Rule: A rejected response signs no user in and leads Ada to its cause

    Scenario Outline: The IdP sends <fault>
      Given the IdP sends <fault>
      When Sam takes the SSO test
      Then the SP rejects the response as <rejection>
      And Sam sees the title of the troubleshooting entry
      And Ada sees the troubleshooting entry for the rejection

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

  Rule: A faulty response signs no user in, whatever the browser makes of it

    Scenario Outline: The browser delivers <fault>
      Given the IdP sends <fault>
      When Sam takes the SSO test
      Then the SP rejects the response as <rejection>
      And the test fails

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

  Rule: If several checks fail, the first one decides

    Scenario: The audience is wrong and RelayState is missing
      Given the IdP sends an assertion meant for someone else
      And the IdP sends no RelayState
      When Sam takes the SSO test
      Then the SP rejects the response as relay-state-missing
      And the test fails

  Rule: A rejection is not final

    Scenario: Sam signs in through the same test link again
      Given the IdP sends an assertion meant for someone else
      And Sam has taken the SSO test
      And the IdP behaves correctly again
      When Sam signs in through the test link
      Then the test passes

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
        | an unsigned response with a signed assertion      | message-not-signed      |
        | an assertion encrypted with a different certificate           | encryption-unsupported  |
        | an assertion with a different Audience                | audience-mismatch       |
        | a response without RelayState                                      | relay-state-missing     |
        | an assertion that expired 10 minutes ago           | assertion-expired       |
        | an assertion that is not valid for another 10 minutes      | not-yet-valid           |
        | signatures by an unknown key              | signing-cert-mismatch   |
        | a NameID altered after signing                     | altered-in-transit      |
        | a NameID of another user                       | nameid-user-mismatch    |
        | a response to an unknown request                      | in-response-to-mismatch |
        | a response with a different Destination                 | destination-mismatch    |
        | an AuthnFailed status                  | status-authn-failed     |

  Rule: A faulty response signs no user in, however the browser delivers it

    Scenario Outline: The browser delivers <fault>
      Given the IdP sends <fault>
      When Sam takes the SSO test
      Then the SP rejects the response as <rejection>
      And the test fails

      Examples:
        | fault                                            | rejection                   |
        | an unsigned response with an unsigned assertion | nothing-signed              |
        | a response with a different Issuer                     | issuer-mismatch             |
        | an assertion without AudienceRestriction     | audience-missing            |
        | a SubjectConfirmationData with a different Recipient     | recipient-mismatch          |
        | a NameID in unspecified format                   | nameid-format-wrong         |
        | a Subject without NameID                       | nameid-missing              |
        | a NameID that is not an email                 | nameid-not-email            |
        | a NameID in the domain of another organization                       | email-domain-refused        |
        | a corrupted SignatureValue                        | signature-invalid           |
        | RSA-SHA1 signatures                     | signature-algorithm-refused |
        | a response without InResponseTo        | in-response-to-missing      |
        | a response without Status                      | status-missing              |
        | a StatusMessage with HTML                       | status-not-success          |
        | a form without SAMLResponse                         | response-missing            |
        | a form with two SAMLResponse fields                    | response-duplicated         |
        | a user-cancelled status                     | status-user-cancelled       |
        | a response in the query string                       | response-by-redirect        |
        | a RelayState with HTML                           | relay-state-mismatch        |

  Rule: If several checks fail, the one to fix first decides

    Scenario: The audience is wrong and RelayState is missing
      Given the IdP sends an assertion with a different Audience
      And the IdP sends a response without RelayState
      When Sam takes the SSO test
      Then the SP rejects the response as audience-mismatch
      And the test fails

  Rule: A wrong password at the IdP is not final

    Scenario: Sam mistypes the password once
      Given Sam is on the IdP login page
      When Sam enters a wrong password at the IdP
      And Sam signs in at the IdP
      Then the test passes

  Rule: A rejection is not final

    Scenario: Sam signs in through the same test link again
      Given the IdP sends an assertion with a different Audience
      And Sam has taken the SSO test
      And the IdP behaves correctly again
      When Sam signs in through the test link
      Then the test passes

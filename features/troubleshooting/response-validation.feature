@scripted
Feature: Rejected responses and troubleshooting entries
  The administrator should see the likely cause, not an internal code.

  Background:
    Given Acme's SSO profile is set up

  Rule: Every rejected response leads Ada to its troubleshooting entry

    Scenario Outline: Ada sees the troubleshooting entry for <fault>
      Given the IdP sends <fault>
      When Sam takes the SSO test
      Then the SP rejects the response as <rejection>
      And the test fails
      And Ada sees the troubleshooting entry <case>

      @case:response-missing
      Examples: response-missing
        | fault | rejection | case |
        | a response in the SAMLRequest field | response-missing | response-missing |

      @case:response-unparseable
      Examples: response-unparseable
        | fault | rejection | case |
        | an Assertion as the root element | root-not-response | response-unparseable |

      @case:status-not-success
      Examples: status-not-success
        | fault | rejection | case |
        | a Responder status | status-not-success | status-not-success |

      @case:message-not-signed
      Examples: message-not-signed
        | fault | rejection | case |
        | an unsigned response with a signed assertion | message-not-signed | message-not-signed |

      @case:nothing-signed
      Examples: nothing-signed
        | fault | rejection | case |
        | an unsigned response with an unsigned assertion | nothing-signed | nothing-signed |

      @case:signature-invalid
      Examples: signature-invalid
        | fault | rejection | case |
        | a corrupted SignatureValue | signature-invalid | signature-invalid |

      @case:signing-cert-mismatch
      Examples: signing-cert-mismatch
        | fault | rejection | case |
        | signatures by an unknown key | signing-cert-mismatch | signing-cert-mismatch |

      @case:signature-algorithm-refused
      Examples: signature-algorithm-refused
        | fault | rejection | case |
        | RSA-SHA1 signatures | signature-algorithm-refused | signature-algorithm-refused |

      @case:encryption-unsupported
      Examples: encryption-unsupported
        | fault | rejection | case |
        | an assertion encrypted with a different certificate | encryption-unsupported | encryption-unsupported |

      @case:audience-mismatch
      Examples: audience-mismatch
        | fault | rejection | case |
        | an Audience with a trailing slash | audience-mismatch | audience-mismatch |

      @case:issuer-mismatch
      Examples: issuer-mismatch
        | fault | rejection | case |
        | a response with a different Issuer | issuer-mismatch | issuer-mismatch |

      @case:issuer-missing
      Examples: issuer-missing
        | fault | rejection | case |
        | a response with an empty Issuer | issuer-missing | issuer-missing |

      @case:destination-mismatch
      Examples: destination-mismatch
        | fault | rejection | case |
        | a Destination with a different port | destination-mismatch | destination-mismatch |

      @case:recipient-blank
      Examples: recipient-blank
        | fault | rejection | case |
        | a SubjectConfirmationData with an empty Recipient | recipient-blank | recipient-blank |

      @case:recipient-mismatch
      Examples: recipient-mismatch
        | fault | rejection | case |
        | a SubjectConfirmationData with a different Recipient | recipient-mismatch | recipient-mismatch |

      @case:not-yet-valid
      Examples: not-yet-valid
        | fault | rejection | case |
        | an assertion that is not valid for another 10 minutes | not-yet-valid | not-yet-valid |

      @case:assertion-expired
      Examples: assertion-expired
        | fault | rejection | case |
        | an assertion that expired 10 minutes ago | assertion-expired | assertion-expired |

      @case:in-response-to-mismatch
      Examples: in-response-to-mismatch
        | fault | rejection | case |
        | a response to an unknown request | in-response-to-mismatch | in-response-to-mismatch |

      @case:in-response-to-missing
      Examples: in-response-to-missing
        | fault | rejection | case |
        | a response without InResponseTo | in-response-to-missing | in-response-to-missing |

      @case:relay-state-missing
      Examples: relay-state-missing
        | fault | rejection | case |
        | a response without RelayState | relay-state-missing | relay-state-missing |

      @case:subject-missing
      Examples: subject-missing
        | fault | rejection | case |
        | an assertion without Subject | subject-missing | subject-missing |

      @case:nameid-missing
      Examples: nameid-missing
        | fault | rejection | case |
        | a Subject without NameID | nameid-missing | nameid-missing |

      @case:nameid-not-email
      Examples: nameid-not-email
        | fault | rejection | case |
        | a NameID that is not an email | nameid-not-email | nameid-not-email |

      @case:subject-confirmation-error
      Examples: subject-confirmation-error
        | fault | rejection | case |
        | a holder-of-key SubjectConfirmation | subject-confirmation-error | subject-confirmation-error |

      @case:assertion-missing
      Examples: assertion-missing
        | fault | rejection | case |
        | a success status without an assertion | assertion-missing | assertion-missing |

      @case:authn-statement-missing
      Examples: authn-statement-missing
        | fault | rejection | case |
        | an assertion without AuthnStatement | authn-statement-missing | authn-statement-missing |

      @case:saml-version-unsupported
      Examples: saml-version-unsupported
        | fault | rejection | case |
        | a response with Version 1.1 | saml-version-unsupported | saml-version-unsupported |

      @case:altered-in-transit
      Examples: altered-in-transit
        | fault | rejection | case |
        | a Status altered after signing | altered-in-transit | altered-in-transit |

      @case:session-expired
      Examples: session-expired
        | fault | rejection | case |
        | a SessionNotOnOrAfter 10 minutes ago | session-over | session-expired |

      @case:nameid-user-mismatch
      Examples: nameid-user-mismatch
        | fault | rejection | case |
        | a NameID of another user | nameid-user-mismatch | nameid-user-mismatch |

      @case:email-domain-refused
      Examples: email-domain-refused
        | fault | rejection | case |
        | a NameID in the domain of another organization | email-domain-refused | email-domain-refused |

      @case:bad-credentials
      Examples: bad-credentials
        | fault | rejection | case |
        | a too-many-failed-logins status | status-bad-credentials | bad-credentials |

      @case:idp-user-locked
      Examples: idp-user-locked
        | fault | rejection | case |
        | a suspended-user status | status-user-locked | idp-user-locked |

      @case:user-cancelled
      Examples: user-cancelled
        | fault | rejection | case |
        | a user-cancelled status | status-user-cancelled | user-cancelled |

      @case:consent-denied
      Examples: consent-denied
        | fault | rejection | case |
        | a consent-denied status | status-consent-denied | consent-denied |

      @case:assurance-too-low
      Examples: assurance-too-low
        | fault | rejection | case |
        | an insufficient-credentials status | status-assurance-too-low | assurance-too-low |

      @case:nameid-policy-unmet
      Examples: nameid-policy-unmet
        | fault | rejection | case |
        | an InvalidNameIDPolicy status | status-invalid-nameid-policy | nameid-policy-unmet |

  Rule: The response must meet the requirements of the SSO profile

    Scenario Outline: The SSO profile <setting> and the IdP sends <fault>
      Given the SSO profile <setting>
      And the IdP sends <fault>
      When Sam takes the SSO test
      Then the SP rejects the response as <rejection>
      And the test fails

      @case:assertion-not-signed
      Examples: assertion-not-signed
        | setting                    | fault                                       | rejection            |
        | requires a signed assertion | a signed response with an unsigned assertion | assertion-not-signed |

      @case:decryption-failed
      Examples: decryption-failed
        | setting                      | fault               | rejection         |
        | accepts encrypted assertions  | corrupted ciphertext | decryption-failed |

      @case:email-missing
      Examples: email-missing
        | setting                      | fault                                | rejection                  |
        | requires the attribute email | an assertion without the email Attribute | required-attribute-missing |

    Scenario Outline: The SSO profile <setting>, and the IdP does not comply
      Given the SSO profile <setting>
      When Sam takes the SSO test
      Then the SP rejects the response as <rejection>
      And the test fails

      @case:encryption-required
      Examples: encryption-required
        | setting                         | rejection           |
        | requires an encrypted assertion | encryption-required |

      @case:required-attribute-missing
      Examples: required-attribute-missing
        | setting                           | rejection                  |
        | requires the attribute department | required-attribute-missing |

      @case:authn-context-unmet
      Examples: authn-context-unmet
        | setting               | rejection                |
        | requires a smart card | status-no-authn-context  |

    Scenario: The IdP sends a required attribute
      Given the SSO profile requires the attribute department
      And the IdP sends the attribute department
      When Sam takes the SSO test
      Then the test passes

    Scenario Outline: The IdP leaves out the required attribute <attribute>
      Given the SSO profile requires the attribute <attribute>
      And the IdP leaves out the attribute <attribute>
      When Sam takes the SSO test
      Then the SP rejects the response as required-attribute-missing
      And the test fails

      Examples:
        | attribute   |
        | email       |
        | displayName |

  Rule: A response to an unknown ACS URL signs no user in

    @case:acs-url-wrong
    Scenario: The response goes to a deleted app
      Given a deleted app is still registered at the IdP
      And the IdP sends a response posted to the ACS of another app
      When Sam takes the SSO test
      Then Sam sees that the SP is unknown

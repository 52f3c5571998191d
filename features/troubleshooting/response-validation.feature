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
        | the message as a request | response-missing | response-missing |

      @case:response-unparseable
      Examples: response-unparseable
        | fault | rejection | case |
        | an assertion instead of a response | root-not-response | response-unparseable |

      @case:status-not-success
      Examples: status-not-success
        | fault | rejection | case |
        | a status that blames the identity provider | status-not-success | status-not-success |

      @case:message-not-signed
      Examples: message-not-signed
        | fault | rejection | case |
        | an unsigned message around a signed assertion | message-not-signed | message-not-signed |

      @case:nothing-signed
      Examples: nothing-signed
        | fault | rejection | case |
        | an unsigned message around an unsigned assertion | nothing-signed | nothing-signed |

      @case:signature-invalid
      Examples: signature-invalid
        | fault | rejection | case |
        | a mangled signature value | signature-invalid | signature-invalid |

      @case:signing-cert-mismatch
      Examples: signing-cert-mismatch
        | fault | rejection | case |
        | signatures made with a stranger's key | signing-cert-mismatch | signing-cert-mismatch |

      @case:signature-algorithm-refused
      Examples: signature-algorithm-refused
        | fault | rejection | case |
        | signatures by RSA with SHA-1 | signature-algorithm-refused | signature-algorithm-refused |

      @case:encryption-unsupported
      Examples: encryption-unsupported
        | fault | rejection | case |
        | an assertion encrypted for somebody else | encryption-unsupported | encryption-unsupported |

      @case:audience-mismatch
      Examples: audience-mismatch
        | fault | rejection | case |
        | an audience with a slash at the end | audience-mismatch | audience-mismatch |

      @case:issuer-mismatch
      Examples: issuer-mismatch
        | fault | rejection | case |
        | a response of another issuer | issuer-mismatch | issuer-mismatch |

      @case:issuer-missing
      Examples: issuer-missing
        | fault | rejection | case |
        | a response with an empty issuer | issuer-missing | issuer-missing |

      @case:destination-mismatch
      Examples: destination-mismatch
        | fault | rejection | case |
        | a destination with another port | destination-mismatch | destination-mismatch |

      @case:recipient-blank
      Examples: recipient-blank
        | fault | rejection | case |
        | a subject confirmation with an empty recipient | recipient-blank | recipient-blank |

      @case:recipient-mismatch
      Examples: recipient-mismatch
        | fault | rejection | case |
        | a subject confirmation for another recipient | recipient-mismatch | recipient-mismatch |

      @case:not-yet-valid
      Examples: not-yet-valid
        | fault | rejection | case |
        | an assertion that is valid only in 10 minutes | not-yet-valid | not-yet-valid |

      @case:assertion-expired
      Examples: assertion-expired
        | fault | rejection | case |
        | an assertion that expired 10 minutes ago | assertion-expired | assertion-expired |

      @case:in-response-to-mismatch
      Examples: in-response-to-mismatch
        | fault | rejection | case |
        | a response to another request | in-response-to-mismatch | in-response-to-mismatch |

      @case:in-response-to-missing
      Examples: in-response-to-missing
        | fault | rejection | case |
        | a response that does not name the request | in-response-to-missing | in-response-to-missing |

      @case:relay-state-missing
      Examples: relay-state-missing
        | fault | rejection | case |
        | no RelayState | relay-state-missing | relay-state-missing |

      @case:subject-missing
      Examples: subject-missing
        | fault | rejection | case |
        | an assertion without a subject | subject-missing | subject-missing |

      @case:nameid-missing
      Examples: nameid-missing
        | fault | rejection | case |
        | a subject without a NameID | nameid-missing | nameid-missing |

      @case:nameid-not-email
      Examples: nameid-not-email
        | fault | rejection | case |
        | a NameID that is no mail address | nameid-not-email | nameid-not-email |

      @case:subject-confirmation-error
      Examples: subject-confirmation-error
        | fault | rejection | case |
        | a subject confirmation for the holder of a key | subject-confirmation-error | subject-confirmation-error |

      @case:assertion-missing
      Examples: assertion-missing
        | fault | rejection | case |
        | a status of success without an assertion | assertion-missing | assertion-missing |

      @case:authn-statement-missing
      Examples: authn-statement-missing
        | fault | rejection | case |
        | an assertion without an authentication statement | authn-statement-missing | authn-statement-missing |

      @case:saml-version-unsupported
      Examples: saml-version-unsupported
        | fault | rejection | case |
        | a response of SAML version 1.1 | saml-version-unsupported | saml-version-unsupported |

      @case:altered-in-transit
      Examples: altered-in-transit
        | fault | rejection | case |
        | a status altered after signing | altered-in-transit | altered-in-transit |

      @case:session-expired
      Examples: session-expired
        | fault | rejection | case |
        | a session that ended 10 minutes ago | session-over | session-expired |

      @case:nameid-user-mismatch
      Examples: nameid-user-mismatch
        | fault | rejection | case |
        | the NameID of another person | nameid-user-mismatch | nameid-user-mismatch |

      @case:email-domain-refused
      Examples: email-domain-refused
        | fault | rejection | case |
        | a NameID of another domain | email-domain-refused | email-domain-refused |

      @case:bad-credentials
      Examples: bad-credentials
        | fault | rejection | case |
        | word of repeated wrong credentials | status-bad-credentials | bad-credentials |

      @case:idp-user-locked
      Examples: idp-user-locked
        | fault | rejection | case |
        | word of a suspended user | status-user-locked | idp-user-locked |

      @case:user-cancelled
      Examples: user-cancelled
        | fault | rejection | case |
        | word of a user who cancelled | status-user-cancelled | user-cancelled |

      @case:consent-denied
      Examples: consent-denied
        | fault | rejection | case |
        | word of a refused consent | status-consent-denied | consent-denied |

      @case:assurance-too-low
      Examples: assurance-too-low
        | fault | rejection | case |
        | word of credentials below the asked level | status-assurance-too-low | assurance-too-low |

      @case:nameid-policy-unmet
      Examples: nameid-policy-unmet
        | fault | rejection | case |
        | a status of an invalid NameID policy | status-invalid-nameid-policy | nameid-policy-unmet |

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
        | requires a signed assertion | a signed message around an unsigned assertion | assertion-not-signed |

      @case:decryption-failed
      Examples: decryption-failed
        | setting                      | fault               | rejection         |
        | accepts encrypted assertions  | mangled cipher text | decryption-failed |

      @case:email-missing
      Examples: email-missing
        | setting                      | fault                                | rejection                  |
        | requires the attribute email | an assertion without the mail attribute | required-attribute-missing |

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

  Rule: A response to an unknown ACS URL signs no user in

    @case:acs-url-wrong
    Scenario: The response goes to a deleted app
      Given a deleted app is still registered at the IdP
      And the IdP sends the response to the address of another application
      When Sam takes the SSO test
      Then Sam sees that the SP is unknown

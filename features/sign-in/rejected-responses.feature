@any-product
Feature: Responses that every SP must reject
  Such a response must not open a session, in any product.

  Background:
    Given Acme uses SSO

  Rule: A response without a valid signature for its content is rejected

    Scenario Outline: Sam signs in with <fault>
      Given the IdP sends <fault>
      When Sam tries to sign in through the IdP
      Then the SP rejects the response

      Examples:
        | fault                                                   |
        | an unsigned response with an unsigned assertion         |
        | signatures by an unknown key                            |
        | signatures by an unknown key with the right certificate |
        | a NameID altered after signing                          |
        | a corrupted SignatureValue                              |
        | a corrupted DigestValue                                 |
        | an HMAC signature keyed with the public certificate     |
        | two DigestValues                                        |

  Rule: A response for another SP, IdP or time is rejected

    Scenario Outline: Sam signs in with <fault>
      Given the IdP sends <fault>
      When Sam tries to sign in through the IdP
      Then the SP rejects the response

      Examples:
        | fault                                                 |
        | an assertion with a different Audience                |
        | an Audience that starts with the right entity ID      |
        | an assertion with a different Issuer                  |
        | an assertion that expired 90 minutes ago              |
        | an assertion that is not valid for another 90 minutes |
        | an assertion without Subject                          |

  Rule: A response that reports a failure is rejected

    Scenario Outline: Sam signs in with <fault>
      Given the IdP sends <fault>
      When Sam tries to sign in through the IdP
      Then the SP rejects the response

      Examples:
        | fault                                   |
        | an AuthnFailed status                   |
        | a Responder status                      |
        | a failure status with a valid assertion |
        | an AuthnRequest instead of a response   |
        | a LogoutResponse instead of a response  |

  Rule: A forged part of a response signs no other user in

    Scenario Outline: Sam signs in with <fault>
      Given the IdP sends <fault>
      When Sam tries to sign in through the IdP
      Then Sam's browser is signed in as Sam, or not at all

      Examples:
        | fault                                                    |
        | a forged response by signature wrapping XSW1             |
        | a forged assertion by signature wrapping XSW3            |
        | a forged assertion by signature wrapping XSW8            |
        | a forged assertion with a copied signature               |
        | a forged assertion after the signed one                  |
        | a forged Subject before the signed assertion             |

Feature: Two organizations
  An identity provider must not speak for the users of another customer.

  Rule: Acme's IdP signs in users of Acme's domain only

    Scenario Outline: Sam signs in with <fault>
      Given Acme uses SSO
      And the IdP sends <fault>
      When Sam tries to sign in through the IdP
      Then the SP rejects the response

      Examples:
        | fault                                            |
        | a NameID in the domain of another organization   |
        | a NameID in a subdomain                          |
        | a NameID with a homoglyph in the domain          |
        | a NameID with two at signs                       |

Feature: Problems with the products of identity providers
  Each product rejects a sign-in in its own words, and Ada should know where that product is set.

  Background:
    Given Acme's SSO profile is set up

  Rule: A rejected user sees the product's own error

    Scenario Outline: <product> rejects Sam
      Given Acme's identity provider is <product>
      And Sam is not assigned to the app
      When Sam takes the SSO test
      Then Sam sees the identity provider's error <error>

      Examples:
        | product          | error                    |
        | Entra ID         | AADSTS50105              |
        | Okta             | 403 App Not Assigned     |
        | Google Workspace | app_not_enabled_for_user |

  Rule: Ada learns where the product assigns users

    Background:
      Given Acme's identity provider is Entra ID
      And Sam is not assigned to the app

    Scenario: Sam reports that the app is not assigned in Entra ID
      When Sam cannot sign in and reports a missing app assignment
      And 31 minutes pass
      Then the test is unanswered, and the likely cause is app-not-assigned
      And Ada sees where Entra ID fixes app-not-assigned

  Rule: An app that the product does not know is shown with the product's code

    Scenario Outline: The app is not registered in <product>
      Given Acme's identity provider is <product>
      And the app is not registered at the IdP
      When Sam takes the SSO test
      Then Sam sees the identity provider's error <error>
      And the IdP rejects the request as app-unknown

      Examples:
        | product          | error              |
        | Entra ID         | AADSTS700016       |
        | Google Workspace | app_not_configured |

  Rule: Entra ID and Google Workspace sign only the assertion by default

    Scenario Outline: <product> does not sign the response
      Given Acme's identity provider is <product>
      And the SSO profile accepts any NameID format
      When Sam takes the SSO test
      Then the SP rejects the response as message-not-signed
      And Ada sees where <product> fixes message-not-signed

      Examples:
        | product          |
        | Entra ID         |
        | Google Workspace |

    Scenario: The SSO profile accepts what Entra ID signs
      Given Acme's identity provider is Entra ID
      And the SSO profile accepts responses without a signature of their own
      When Sam takes the SSO test
      Then the test passes

  Rule: A customer's identity provider is played as its response was written

    Scenario: The customer's identity provider signs only the assertion
      Given Acme's identity provider writes as in "features/troubleshooting/customer.json"
      When Sam takes the SSO test
      Then the SP rejects the response as message-not-signed
      And Ada sees where Google Workspace fixes message-not-signed

  Rule: Okta and Google Workspace send the NameID as unspecified by default

    Scenario Outline: <product> does not say that the NameID is an email
      Given Acme's identity provider is <product>
      When Sam takes the SSO test
      Then the SP rejects the response as nameid-format-wrong
      And Ada sees where <product> fixes nameid-not-email

      Examples:
        | product          |
        | Okta             |
        | Google Workspace |

    Scenario: The SSO profile accepts what Okta sends
      Given Acme's identity provider is Okta
      And the SSO profile accepts any NameID format
      When Sam takes the SSO test
      Then the test passes

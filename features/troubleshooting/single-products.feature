Feature: Habits of single products
  Some identity providers send what no other one does, and a service provider should be ready for it.

  Background:
    Given Acme's SSO profile is set up
    And the SSO profile accepts any NameID format
    And the SSO profile accepts responses without a signature of their own

  Rule: Entra ID sends a link in the place of more than 150 groups

    Scenario: Sam is in 151 groups
      Given Acme's identity provider is Entra ID
      And Sam is in 151 groups at the IdP
      When Sam takes the SSO test
      Then the test passes
      And the response contains "claims/groups.link"

    @long
    Scenario: Sam is in 150 groups
      Given Acme's identity provider is Entra ID
      And Sam is in 150 groups at the IdP
      When Sam takes the SSO test
      Then the test passes
      And the response contains "identity/claims/groups"

  @long
  Rule: Entra ID calls a guest by a name in its own directory

    Scenario: The NameID of a guest is not the email
      Given Acme's identity provider is Entra ID
      And Sam is a guest at the IdP
      When Sam takes the SSO test
      Then the SP rejects the response as email-domain-refused
      And the response contains "#EXT#@"

  @long
  Rule: Entra ID puts spn: before an entity ID without a scheme

    Scenario: The Audience is not the app's entity ID
      Given Acme's identity provider is Entra ID
      And the SSO profile allows IdP-initiated sign-in
      And the app's entity ID at the IdP is a plain name
      When Sam signs in from the IdP's app portal
      Then the response contains ">spn:acme-app<"

  @long
  Rule: Entra ID uses an announced certificate as soon as the current one has expired

    Background:
      Given 1575360 minutes pass

    Scenario: The SSO profile has only the expired certificate
      Given Acme's identity provider is Entra ID
      And the IdP has announced its next certificate
      When 2880 minutes pass
      And Sam takes the SSO test
      Then the SP rejects the response as signing-cert-mismatch

    Scenario: The SSO profile has both certificates
      Given Acme's identity provider is Entra ID
      And Ada has added the IdP's next certificate
      When 2880 minutes pass
      And Sam takes the SSO test
      Then the test passes

    Scenario: Okta keeps the expired certificate
      Given Acme's identity provider is Okta
      And the IdP has announced its next certificate
      When 2880 minutes pass
      And Sam takes the SSO test
      Then the test passes

  @long
  Rule: Okta sends the ID of the request as the SessionIndex

    Scenario: The SessionIndex repeats the request's ID
      Given Acme's identity provider is Okta
      When Sam takes the SSO test
      Then the test passes
      And the response's SessionIndex is the ID of its request

  @long
  Rule: Google Workspace sends an attribute also without a value

    Background:
      Given Acme's identity provider is Google Workspace
      And the IdP sends the attribute department
      And Sam has no value for the attribute department at the IdP

    Scenario: The attribute is not required
      When Sam takes the SSO test
      Then the test passes
      And the response contains '<saml2:Attribute Name="department"/>'

    Scenario: A required attribute has no value
      Given the SSO profile requires the attribute department
      When Sam takes the SSO test
      Then the SP rejects the response as required-attribute-missing

  @long
  Rule: AD FS sends no NameID for a user without an email

    Scenario: The assertion has no NameID
      Given Acme's identity provider is AD FS
      And Sam has no email at the IdP
      When Sam takes the SSO test
      Then the SP rejects the response as nameid-missing

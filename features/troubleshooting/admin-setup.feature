@scripted
Feature: SSO profile setup errors
  A wrong file or certificate should be reported during setup, not at the first sign-in.

  Rule: Unusable metadata is rejected with the reason

    Scenario Outline: Ada uploads metadata <flaw>
      Given Ada has started to set up SSO for Acme
      When Ada uploads metadata <flaw>
      Then Ada sees the title of the troubleshooting entry <case>

      @case:metadata-unparseable
      Examples: metadata-unparseable
        | flaw | case |
        | that is truncated | metadata-unparseable |

      @case:metadata-wrong-root
      Examples: metadata-wrong-root
        | flaw | case |
        | of several IdPs | metadata-wrong-root |

      @case:metadata-expired
      Examples: metadata-expired
        | flaw | case |
        | that has expired | metadata-expired |

      @case:metadata-entity-missing
      Examples: metadata-entity-missing
        | flaw | case |
        | of an SP | metadata-entity-missing |

      @case:sso-binding-missing
      Examples: sso-binding-missing
        | flaw | case |
        | without a supported sign-on binding | sso-binding-missing |

      @case:idp-certificate-absent
      Examples: idp-certificate-absent
        | flaw | case |
        | without a certificate | idp-certificate-absent |

  Rule: A corrupted certificate is rejected

    @case:certificate-text-corrupted @any-idp
    Scenario: Ada pastes a corrupted certificate
      Given Acme's SSO profile is set up
      When Ada pastes a corrupted certificate
      Then Ada sees the title of the troubleshooting entry certificate-text-corrupted

  Rule: Ada's entries are kept, and overwrite no newer revision

    @any-idp
    Scenario: Ada can correct a corrupted certificate
      Given Acme's SSO profile is set up
      When Ada pastes a corrupted certificate
      Then the corrupted certificate is still in the form

    @any-idp
    Scenario: Ada saves an outdated form
      Given Acme's SSO profile is set up
      And Ada has opened the SSO profile
      And Ada has edited the SSO profile
      When Ada saves the outdated form of the SSO profile
      Then Ada sees that the SSO profile has changed meanwhile

  Rule: Without SSO enforcement, users sign in with a password

    @case:sso-profile-missing @any-idp
    Scenario: Acme has no SSO profile
      Given Acme has no SSO profile
      When Sam enters Sam's email
      Then Sam is asked for the SP password

    @case:sso-connection-disabled @any-idp
    Scenario: Acme's SSO profile is not enforced
      Given Acme's SSO profile is set up
      When Sam enters Sam's email
      Then Sam is asked for the SP password

  Rule: SSO requires a verified domain

    @case:domain-unverified @any-idp
    Scenario: Acme's domain is no longer verified
      Given Acme's SSO profile is set up
      And Acme no longer has a verified domain
      When Sam enters Sam's email
      Then Sam sees that the organization is unknown

  Rule: Under enforcement, only recovery administrators sign in with a password

    @case:local-login-blocked @any-idp
    Scenario: Grace is covered and not a recovery administrator
      Given Acme's SSO profile is set up
      And Ada has marked Sam's SSO test as passed
      And Ada has enforced SSO for Grace only
      When Grace tries to sign in with a password
      Then Grace is not signed in

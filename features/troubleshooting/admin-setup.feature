@scripted
Feature: Setting the connection up wrongly
  A wrong file or certificate should be named at once, not at the first sign-in.

  Rule: Metadata that cannot be used says why

    Scenario Outline: Ada uploads metadata <flaw>
      Given Ada has begun to connect Acme
      When Ada uploads metadata <flaw>
      Then Ada reads of the case <case>

      @case:metadata-unparseable
      Examples: metadata-unparseable
        | flaw | case |
        | that is cut off | metadata-unparseable |

      @case:metadata-wrong-root
      Examples: metadata-wrong-root
        | flaw | case |
        | of many identity providers | metadata-wrong-root |

      @case:metadata-expired
      Examples: metadata-expired
        | flaw | case |
        | that has expired | metadata-expired |

      @case:metadata-entity-missing
      Examples: metadata-entity-missing
        | flaw | case |
        | of a service provider | metadata-entity-missing |

      @case:sso-binding-missing
      Examples: sso-binding-missing
        | flaw | case |
        | without a way to sign on | sso-binding-missing |

      @case:idp-certificate-absent
      Examples: idp-certificate-absent
        | flaw | case |
        | without a certificate | idp-certificate-absent |

  Rule: A certificate that lost some of its text is refused

    @case:certificate-text-corrupted @any-idp
    Scenario: Ada pastes a broken certificate
      Given Ada has connected Acme to its identity provider
      When Ada pastes a broken certificate
      Then Ada reads of the case certificate-text-corrupted

  Rule: Without an enforced connection everybody signs in by password

    @case:sso-profile-missing @any-idp
    Scenario: Acme has no connection at all
      Given Acme has no connection
      When Sam gives Sam's address without a test
      Then Sam is asked for a password

    @case:sso-connection-disabled @any-idp
    Scenario: The connection is there but not enforced
      Given Ada has connected Acme to its identity provider
      When Sam gives Sam's address without a test
      Then Sam is asked for a password

  Rule: Single sign-on needs a verified domain

    @case:domain-unverified @any-idp
    Scenario: Acme has lost its mail domain
      Given Ada has connected Acme to its identity provider
      And Acme has lost its mail domain
      When Sam gives Sam's address without a test
      Then Sam reads that no organization is known

  Rule: Under enforcement only recovery administrators keep a password

    @case:local-login-blocked @any-idp
    Scenario: Grace is covered and keeps no way back in
      Given Ada has connected Acme to its identity provider
      And Sam has proven the connection
      And Ada has enforced single sign-on for Grace only
      When Grace tries to get in by password
      Then Grace is not signed in

@any-idp
Feature: The e-mail on its way
  The rehearsal hangs on one e-mail, and mail comes late, twice, bent or not at all.

  Background:
    Given Ada has connected Acme to its identity provider

  Rule: Ada reads that an e-mail did not go out

    @case:test-mail-missing
    Scenario: The mail server refuses the address
      Given the mail server refuses mail to Sam
      When Ada asks Sam to try the connection
      Then Ada reads that the e-mail did not go out

    Scenario: The mail server takes nothing for now
      Given the mail server is too busy for mail to Sam
      When Ada asks Sam to try the connection
      Then Ada reads that the e-mail did not go out

  Rule: Ada reads that a link was never opened

    @case:test-link-expired
    Scenario: The e-mail never reaches Sam
      Given the mail server holds back mail to Sam
      And Ada has asked Sam to try the connection
      When 25 hours pass
      Then Ada reads that the link was never opened

  Rule: An e-mail that comes too late says so

    Scenario: The e-mail comes after its link has expired
      Given the mail server holds back mail to Sam
      And Ada has asked Sam to try the connection
      And the mail reaches Sam 25 hours later
      When Sam opens the test link
      Then Sam reads that the link has expired

    Scenario: The first e-mail comes after the second
      Given the mail server holds back the first of two e-mails to Sam
      When Sam opens the test link
      Then Sam reads that a newer link went out
      And Ada reads that an e-mail went to Sam

  Rule: An e-mail that was bent on its way still leads to the test

    Scenario Outline: The mail server <trouble> mail to Sam
      Given the mail server <trouble> mail to Sam
      When Sam tries the connection
      Then the test is proven
      And Ada reads that Sam signed in

      Examples:
        | trouble               |
        | duplicates            |
        | strips to text        |
        | rewrites the links in |

@any-idp
Feature: Enforcing single sign-on
  From here on covered people have no other way in, so only a proven connection may be enforced.

  Rule: Only a proven revision can be enforced

    @case:enforce-before-test
    Scenario: Nobody has tried the connection
      Given Ada has connected Acme to its identity provider
      When Ada enforces single sign-on
      Then single sign-on is not enforced

    Scenario: The sign-in was observed but not marked
      Given Ada has connected Acme to its identity provider
      And Sam has tried the connection
      When Ada enforces single sign-on
      Then single sign-on is not enforced

  Rule: Covered users lose the password and its sessions

    Scenario: Grace's password session ends with enforcement
      Given Ada has connected Acme to its identity provider
      And Sam has proven the connection
      And Grace has signed in with a password
      When Ada enforces single sign-on
      Then Grace's earlier session is closed for good

    @case:password-after-enforcement
    Scenario: Sam's password no longer works
      Given Ada has connected Acme to its identity provider
      And Sam has proven the connection
      When Ada enforces single sign-on
      Then Sam can sign in only through the identity provider

    Scenario: Ada stays signed in
      Given Ada has connected Acme to its identity provider
      And Sam has proven the connection
      When Ada enforces single sign-on
      Then Ada is still signed in

  Rule: Lifting gives passwords back

    Scenario: Ada lifts single sign-on
      Given Ada has connected Acme to its identity provider
      And Sam has proven the connection
      And Ada has enforced single sign-on
      When Ada lifts single sign-on
      Then Sam can sign in with a password

@any-idp
Feature: A connection that works
  Turning on single sign-on untested locks people out, so a colleague proves the connection first.

  Rule: A colleague's sign-in proves the connection

    Scenario: The whole rehearsal, from set-up to enforcement
      Given Ada has connected Acme to its identity provider by hand
      When Sam tries the connection
      And Ada marks the test as a success
      And Ada enforces single sign-on
      Then Sam can sign in only through the identity provider

    Scenario: The connection is set up from the identity provider's metadata
      Given Ada has connected Acme to its identity provider by metadata
      When Sam tries the connection
      Then Sam is signed in through the identity provider
      And the test is proven

    Scenario: The request goes to the identity provider in a signed form
      Given Ada has connected Acme to its identity provider
      And requests are signed and sent by POST
      When Sam tries the connection
      Then Sam is signed in through the identity provider

    Scenario: The request goes to the identity provider with a signed address
      Given Ada has connected Acme to its identity provider
      And requests are signed and sent by Redirect
      When Sam tries the connection
      Then Sam is signed in through the identity provider

  Rule: The tester learns by e-mail who asks and what to do

    Scenario: The e-mail names Ada and carries the link
      Given Ada has connected Acme to its identity provider
      When Ada asks Sam to try the connection
      Then Sam reads that Ada asks to try the connection

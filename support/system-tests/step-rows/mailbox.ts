/** Email delivery. */
import { noProfile, notSetUp, setUp, type World } from './row.ts';

export const worlds: readonly World[] = [
  {
    given: ['Acme has no SSO profile'],
    fails: {
      'the mail server delivers two test emails to Sam in reverse order': noProfile,
    },
  },
  {
    given: [setUp, 'the mail server rejects email to Sam', 'Ada tries to send Sam an SSO test'],
    fails: {
      'the test email reaches Sam 25 hours late':
        'Could not do “{step}”. The mail server holds no email to Sam. Put “the mail server delays email to ' +
        'Sam” first.',
      'Ada sees that a test email was sent to Sam':
        'Expected Ada to see that a test email was sent to Sam, received the page “…',
    },
  },
  {
    given: [],
    fails: {
      '25 hours pass': notSetUp,
    },
  },
  {
    given: [setUp, 'Ada tries to send Sam an SSO test'],
    fails: {
      'Ada sees that the test email was not sent':
        'Expected Ada to see that the test email was not sent, received another page. Ada sees “Acme: Test” ' +
        'at …/test…',
    },
  },
  {
    given: [setUp, 'Sam is on the IdP login page'],
    fails: {
      'Ada sees that Sam signed in': 'Expected Ada to see that Sam signed in, received the page “…',
      'Ada sees that the test link was never opened':
        'Expected Ada to see that the test link was never opened, received the page “…',
    },
  },
];

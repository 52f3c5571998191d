/** MAILBOX names a mailbox that exists. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailContainerIn } from './mail-container.ts';
import { NotReady } from './not-ready.ts';

test('MAILBOX names MailHog, Mailpit or, unset, the built-in mailbox', () => {
  const chosen = ['mailhog', 'mailpit', '', undefined].map((MAILBOX) => mailContainerIn({ MAILBOX }));
  assert.deepEqual(chosen, ['mailhog', 'mailpit', undefined, undefined]);
  for (const MAILBOX of ['Mailhog', 'toString'])
    assert.throws(
      () => mailContainerIn({ MAILBOX }),
      new NotReady(
        `Unknown mailbox “${MAILBOX}” in MAILBOX. Use mailhog or mailpit, or leave it unset for the built-in mailbox.`,
      ),
    );
});

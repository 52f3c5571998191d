/** The troubleshooting case of a sign-in that got no response from the IdP. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deadEnd, type IdpLogEntry } from './dead-end.ts';

const arrived: IdpLogEntry = { kind: 'authn-request' };
const signedIn: IdpLogEntry = { kind: 'login', ok: true };

const ends: readonly (readonly [name: string, log: readonly IdpLogEntry[], code: string | undefined])[] = [
  ['no app assignment', [arrived, signedIn, { kind: 'refusal', because: 'not-assigned' }], 'app-not-assigned'],
  ['the IdP rejected the request', [{ kind: 'request-refused', code: 'app-unknown' }], 'app-unknown'],
  ['a rejection without a case', [{ kind: 'request-refused', code: 'request-id-reused' }], undefined],
  ['the account is locked', [arrived, { kind: 'login', ok: false, because: 'locked' }], 'idp-user-locked'],
  ['a wrong password', [arrived, { kind: 'login', ok: false, because: 'wrong password' }], 'bad-credentials'],
  [
    'a wrong password, then the right one',
    [arrived, { kind: 'login', ok: false, because: 'wrong password' }, signedIn],
    undefined,
  ],
  ['the server is down', [{ kind: 'fault', phrase: 'no response: the IdP is down' }], 'idp-unreachable'],
  ['the server is slow', [{ kind: 'fault', phrase: 'a correct response after 2 seconds' }], undefined],
  [
    'a warning does not count',
    [
      { kind: 'request-refused', code: 'request-expired' },
      { kind: 'warning', code: 'request-id-weak' },
    ],
    'request-expired',
  ],
  ['the IdP sent a response', [arrived, signedIn, { kind: 'response' }], undefined],
  ['the log is empty', [], undefined],
];

for (const [name, log, code] of ends) test(`${name}: ${code ?? 'no case'}`, () => assert.equal(deadEnd(log), code));

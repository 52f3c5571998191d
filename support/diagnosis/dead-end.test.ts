/** Where a sign-in ended that got no answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deadEnd, type Noted } from './dead-end.ts';

const arrived: Noted = { kind: 'authn-request' };
const signedIn: Noted = { kind: 'login', ok: true };

const ends: readonly (readonly [name: string, noted: readonly Noted[], code: string | undefined])[] = [
  ['nobody assigned the app', [arrived, signedIn, { kind: 'refusal', because: 'not-assigned' }], 'app-not-assigned'],
  ['the request was refused', [{ kind: 'request-refused', code: 'app-unknown' }], 'app-unknown'],
  ['a refusal that is no case', [{ kind: 'request-refused', code: 'request-id-reused' }], undefined],
  ['the account is locked', [arrived, { kind: 'login', ok: false, because: 'locked' }], 'idp-user-locked'],
  ['a wrong password', [arrived, { kind: 'login', ok: false, because: 'wrong password' }], 'bad-credentials'],
  [
    'a wrong password, then the right one',
    [arrived, { kind: 'login', ok: false, because: 'wrong password' }, signedIn],
    undefined,
  ],
  ['the server is down', [{ kind: 'fault', phrase: 'nothing, being down' }], 'idp-unreachable'],
  ['the server is slow', [{ kind: 'fault', phrase: 'an honest answer after 2 seconds' }], undefined],
  [
    'a warning says nothing of the end',
    [
      { kind: 'request-refused', code: 'request-expired' },
      { kind: 'warning', code: 'request-id-weak' },
    ],
    'request-expired',
  ],
  ['an answer went out', [arrived, signedIn, { kind: 'response' }], undefined],
  ['nothing was noted', [], undefined],
];

for (const [name, noted, code] of ends) test(`${name}: ${code ?? 'no case'}`, () => assert.equal(deadEnd(noted), code));

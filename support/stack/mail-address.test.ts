/** Emails are compared as the service provider compares them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSameAddress } from './mail-address.ts';

const pairs: readonly [one: string, other: string, same: boolean][] = [
  ['sam@acme.example', 'Sam@ACME.example', true],
  ['sam@bücher.example', 'sam@xn--bcher-kva.example', true],
  ['sam+1@acme.example', 'sam+1@acme.example', true],
  ['sam+1@acme.example', 'sam@acme.example', false],
  ['sam@acme.example', 'not-sam@acme.example', false],
  ['sam@acme.example', 'sam@acme.example.org', false],
  ['ſam@acme.example', 'sam@acme.example', false],
  ['sam@ａcme.example', 'sam@acme.example', false],
  ['sam@acme.example', 'sam@acme.example ', false],
];
for (const [one, other, same] of pairs)
  test(`${JSON.stringify(one)} ${same ? 'equals' : 'differs from'} ${JSON.stringify(other)}`, () => {
    assert.equal(isSameAddress(one, other), same);
    assert.equal(isSameAddress(other, one), same);
  });

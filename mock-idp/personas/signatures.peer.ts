/** Signatures in each persona are valid for xmlsec1, too: of correct responses, and of faults that sign properly. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import type { Fault } from '../fault.ts';
import { keys, messages } from '../faults/messages.fixture.ts';
import { faults } from '../faults.ts';
import { verifiedByXmlsec1 } from '../response/verify-signatures.fixture.ts';
import { personaCodes } from './codes.ts';
import { faultIn, responseTo } from './persona-response.fixture.ts';

// Debian's xmlsec1 does not know RSA-PSS.
const known = messages.filter((phrase) => phrase !== 'RSA-PSS signatures');
const signedProperly = known.filter((one) => (faults[one] as Fault).signedProperly);
/** Others each time; all with TEST_IN_FULL=1. */
const chosen = signedProperly.filter(() => process.env.TEST_IN_FULL === '1' || Math.random() < 0.1);

const installed = spawnSync('xmlsec1', ['--version']).status === 0;

describe('xmlsec1', { skip: !installed && 'xmlsec1 is not installed' }, () => {
  for (const persona of personaCodes) {
    test(`correct responses as ${persona}`, () => {
      for (const signed of ['assertion', 'response', 'both'] as const)
        for (const isAsked of [true, false]) {
          const attributes = { email: ['sam@acme.example'], role: ['one', 'two'] };
          const { xml } = responseTo({ persona, set: { signed }, isAsked, attributes });
          assert.equal(verifiedByXmlsec1(xml, keys.certificate), true, `${signed} ${isAsked}`);
        }
    });
    test(`signatures of faults as ${persona}`, () => {
      const invalid = chosen.filter(
        (phrase) => !verifiedByXmlsec1(faultIn(persona, phrase, faults[phrase]).faulty.xml, keys.certificate),
      );
      assert.deepEqual(invalid, []);
    });
  }
});

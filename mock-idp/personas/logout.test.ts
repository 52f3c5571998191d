/** Messages of single logout in a persona: the skeletons are those of the product that was run. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { keys, untrustedKeys } from '../faults/messages.fixture.ts';
import { arrange } from '../faults.ts';
import { nameIdFormats } from '../response/saml-values.ts';
import { verifiedByXmlCrypto } from '../response/verify-signatures.fixture.ts';
import { logoutRequestForm, logoutResponseForm, type Sender } from '../sign-in/logout.ts';
import { personaOf } from './catalogue.ts';
import type { LogoutPlan } from './persona.ts';
import { type PlanChange, planOf } from './plan.ts';
import { skeletonOf } from './skeleton.ts';

const url = 'http://sp.localhost:7001/slo';
const endpoint = { url, binding: 'post' } as const;
const sender = (persona: string, set: PlanChange = {}): Sender => ({
  issuer: 'http://idp.localhost:7000/acme/metadata',
  keys,
  untrustedKeys,
  now: new Date('2026-03-01T12:00:00.456Z'),
  persona: planOf(personaOf(persona), set),
});
const target = {
  endpoint,
  nameId: 'sam@acme.example',
  nameIdFormat: nameIdFormats.emailAddress,
  index: '3f2504e0-4f89-41d3-9a0c-0305e82c3301::3f2504e0-4f89-41d3-9a0c-0305e82c3302',
  qualifier: 'http://sp.localhost:7001/metadata',
};
const request = (from: Sender): string => logoutRequestForm(from, target).xml;
const response = (from: Sender): string =>
  logoutResponseForm(from, { endpoint, inResponseTo: '_request', partial: false, relayState: undefined }).xml;

/** The SessionIndex is the app's own of the sign-in. */
const shape = (lines: readonly string[]): string[] => lines.map((line) => line.replace('{guid}::{guid}', 'text'));
const captured = (name: string): string[] =>
  readFileSync(join(import.meta.dirname, 'skeletons', `${name}.txt`), 'utf8')
    .trimEnd()
    .split('\n');

describe('the skeleton of a message of single logout is that of the product', () => {
  for (const [persona, kind, write] of [
    ['keycloak-26', 'request', request],
    ['keycloak-26', 'response', response],
    ['simplesamlphp-1', 'request', request],
    ['simplesamlphp-1', 'response', response],
    ['lemonldap', 'request', request],
  ] as const)
    test(`${kind}, by ${persona}`, () => {
      const xml = write(sender(persona));
      assert.deepEqual(shape(skeletonOf(xml)), shape(captured(`${persona}-logout-${kind}`)));
      if (xml.includes('Signature')) assert.equal(verifiedByXmlCrypto(xml, keys.certificate), true);
    });
});

describe('a message of single logout', () => {
  test('is as without a persona where the product is unknown', () => {
    const { persona: _, ...plain } = sender('okta');
    const id = (): string => '_same';
    assert.equal(request({ ...sender('okta'), id }), request({ ...plain, id }));
    assert.equal(response({ ...sender('okta'), id }), response({ ...plain, id }));
  });

  test('is signed where the administrator has set it, and in a query', () => {
    const known = personaOf('simplesamlphp-1').facts.logout!.value as LogoutPlan;
    const logout = { ...known, signed: true };
    const xml = request(sender('simplesamlphp-1', { logout }));
    assert.equal(verifiedByXmlCrypto(xml, keys.certificate), true);
    const asked = { ...target, endpoint: { url, binding: 'redirect' } } as const;
    const { fields } = logoutRequestForm(sender('simplesamlphp-1'), asked);
    assert.ok(fields.some(([name]) => name === 'Signature'));
  });

  test('is signed for a fault, which would strike at nothing otherwise', () => {
    const faults = [arrange('a LogoutRequest signed by an unknown key')];
    assert.match(request({ ...sender('lemonldap'), faults }), /<SignatureValue>/);
  });
});

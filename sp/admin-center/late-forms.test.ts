/** Slow forms: rights are checked when the form has arrived (role, session, organization). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Request, Response } from 'express';
import { addUser } from '../control/users.ts';
import { profilesOf } from '../profile.ts';
import {
  acmesSpForEachTest,
  addressOf,
  addVerifiedProfile,
  certificate,
  type Fields,
  hiddenFields,
  type Reply,
} from './admin-center.fixture.ts';

const sp = acmesSpForEachTest();

const grace = `/organizations/acme/users/${addressOf('Grace')}`;
const endGracesSessions = () => sp.store.run`UPDATE sessions SET ended_at = 1 WHERE address = ${addressOf('Grace')}`;

/** How Grace loses her rights while her form is being sent, and what she sees. */
const losses: Readonly<Record<string, { lose: () => unknown; status: number; says: RegExp }>> = {
  'is deactivated': {
    lose: () => sp.control('PATCH', grace, { deactivated: true }),
    status: 303,
    says: /Nothing was saved, because your session has ended/,
  },
  'is demoted': {
    lose: () => sp.control('PATCH', grace, { administrator: false }),
    status: 403,
    says: /<h1>Administrators only/,
  },
  'is signed out': { lose: endGracesSessions, status: 303, says: /Nothing was saved, because your session has ended/ },
  'loses her account': {
    lose: () => sp.store.run`DELETE FROM users WHERE address = ${addressOf('Grace')}`,
    status: 303,
    says: /Nothing was saved, because your session has ended/,
  },
  'loses the profile': {
    lose: () => sp.store.run`DELETE FROM profiles WHERE organization = 'acme'`,
    status: 404,
    says: /<h1>Profile not found/,
  },
  'loses the organization': {
    lose: () => sp.control('DELETE', '/organizations/acme'),
    status: 303,
    says: /Nothing was saved, because your session has ended/,
  },
};

const metadata = `
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://other.example">
<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>
<X509Certificate>${certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
Location="https://other.example/sso"/></IDPSSODescriptor></EntityDescriptor>`;

/** Every form of the Admin Center: the page that it is on, and what Grace fills in. */
const forms: Readonly<Record<string, { on: string; fields: Fields; needsProfile?: false }>> = {
  '/admin/sso': { on: '', fields: [['name', 'Another']], needsProfile: false },
  profile: {
    on: 'profile',
    fields: [
      ['idpEntityId', 'https://other.example'],
      ...['ssoUrl', 'sloUrl', 'certificates', 'requestedAuthnContext', 'requiredAttributes'].map(
        (name): [string, string] => [name, ''],
      ),
      ['ssoBinding', 'post'],
      ['nameIdFormat', 'emailAddress'],
    ],
  },
  metadata: { on: 'profile', fields: [['text', metadata]] },
  test: { on: 'test', fields: [['address', addressOf('Sam')]] },
  result: { on: 'result', fields: [['mark', 'success']] },
  enforce: {
    on: 'enforce',
    fields: [
      ['users', addressOf('Sam')],
      ['recovery', addressOf('Grace')],
    ],
  },
  lift: { on: 'enforce', fields: [] },
};

/** Data that must not change: settings, tests, marks and enforcement. */
const everything = (): unknown => [
  profilesOf(sp.store, 'acme'),
  sp.store.all`SELECT * FROM tests`,
  sp.store.all`SELECT address, profile FROM users`,
  sp.store.all`SELECT profile, number FROM revisions`,
];

for (const [form, { on, fields, needsProfile }] of Object.entries(forms))
  for (const [loss, { lose, status, says }] of Object.entries(losses))
    if (needsProfile !== false || loss !== 'loses the profile')
      test(`${form}: Grace ${loss} before the last byte arrives`, async () => {
        const profile = addVerifiedProfile(sp, 'Acme');
        const wizard = `/admin/sso/${profile.id}`;
        await sp.get('Ada', '/admin'); // so that Grace is not the only one with a browser of her own
        if (form === 'lift') await enforceUnproven();
        const path = needsProfile === false ? form : `${wizard}/${form}`;
        const hidden = hiddenFields(
          (await sp.get('Grace', needsProfile === false ? '/admin' : `${wizard}/${on}`)).page,
          path,
        );
        let before: unknown;
        const reply = await sp.postAround('Grace', path, [...hidden, ...fields], async () => {
          await lose();
          before = everything();
        });
        await assertRejected(reply, status, says);
        assert.deepEqual(everything(), before);
      });

const enforceUnproven = () => sp.control('PUT', '/organizations/acme/profiles/Acme/enforce-unproven', {});

async function assertRejected({ status, location, page }: Reply, expected: number, says: RegExp): Promise<void> {
  assert.deepEqual([status, location], [expected, expected === 303 ? '/login?session-ended' : null]);
  assert.match(location === null ? page : (await sp.get('Grace', location)).page, says);
  assert.deepEqual(sp.errors, []);
}

test('deleting an organization while its email is being sent causes no server error', async () => {
  const { id } = addVerifiedProfile(sp, 'Acme');
  sp.onMail = async () => void (await sp.control('DELETE', '/organizations/acme'));
  const { status } = await sp.send('Ada', `/admin/sso/${id}/test`, [['address', addressOf('Sam')]]);
  sp.onMail = async () => undefined;
  assert.equal(status, 303);
  assert.deepEqual(sp.errors, []);
});

test('an organization that is deleted while a password is hashed is not found', async () => {
  const params = { organization: 'acme', address: 'nils@acme.example' };
  const request = { params, body: { name: 'Nils', password: 'x' } } as unknown as Request;
  const adding = addUser(sp, request, {} as Response);
  sp.store.run`DELETE FROM organizations`;
  await assert.rejects(adding, { code: 'organization-not-found' });
});

/** A profile from metadata whose KeyDescriptor holds the IdP's certificate and its CA: only the IdP's key may sign. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { after, test } from 'node:test';
import * as x509 from '@peculiar/x509';
import { profilesOf } from '../profile.ts';
import { multipart, partsOf } from '../state-changes.fixture.ts';
import { askForTest, comeBack, goToIdp, hiddenFields, openWorld, type Page } from '../two-organizations.fixture.ts';

const world = await openWorld();
after(() => world[Symbol.asyncDispose]());
const ada = await world.signedIn(world.acme.address('ada'));

const curve = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
interface Signer {
  certificate: string;
  keys: CryptoKeyPair;
}
async function signer(name: string, issuer?: CryptoKeyPair): Promise<Signer> {
  const keys = (await webcrypto.subtle.generateKey(curve, true, ['sign', 'verify'])) as CryptoKeyPair;
  const { privateKey: signingKey } = issuer ?? keys;
  const certificate = await x509.X509CertificateGenerator.create(
    { serialNumber: '01', subject: `CN=${name}`, issuer: 'CN=ca', publicKey: keys.publicKey, signingKey },
    webcrypto as Crypto,
  );
  return { certificate: certificate.toString('base64'), keys };
}
async function privateKeyOf({ keys }: Signer): Promise<string> {
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey as webcrypto.CryptoKey));
  return `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString('base64')}\n-----END PRIVATE KEY-----`;
}
const ca = await signer('ca');
const idp = await signer('idp', ca.keys);

const metadata = (...certificates: readonly string[]): string =>
  `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${world.acme.idp.entityId}">
<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing">
<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>${certificates
    .map((one) => `<X509Certificate>${one}</X509Certificate>`)
    .join('')}</X509Data></KeyInfo></KeyDescriptor>
<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso"/>
</IDPSSODescriptor></EntityDescriptor>`;

async function upload(text: string): Promise<void> {
  const at = `/admin/sso/${world.acme.profile}`;
  const { revision } = hiddenFields((await ada.get(`${at}/profile`)).text, `${at}/metadata`) as { revision: string };
  const page = await ada.post(`${at}/metadata`, partsOf({ revision, text }), multipart);
  assert.equal(page.location, `${at}/test`, page.words);
}

/** Sam's test, whose response is signed with this key. */
async function signIn(by: Signer): Promise<Page> {
  const sam = world.browser();
  await sam.get(await askForTest(world, world.acme, ada));
  const asked = await goToIdp(sam, world.acme.address('sam'));
  const party = { ...world.acme, idp: { ...world.acme.idp, privateKey: await privateKeyOf(by) } };
  return comeBack(world, party, sam, { asked });
}

for (const [order, certificates] of Object.entries({
  'leaf and CA': [idp.certificate, ca.certificate],
  'CA and leaf': [ca.certificate, idp.certificate],
}))
  test(`with ${order} in one KeyDescriptor, the IdP’s key is pinned and the CA’s key is rejected`, async () => {
    await upload(metadata(...certificates));
    assert.equal(profilesOf(world.sp.store, 'acme')[0]!.settings.certificates.length, 1);
    const rejected = await signIn(ca);
    assert.deepEqual([rejected.location, rejected.status], [undefined, 403], rejected.words);
    const { findings } = world.sp.store.get<{ findings: string }>`
      SELECT findings FROM responses ORDER BY id DESC LIMIT 1`!;
    assert.deepEqual(
      (JSON.parse(findings) as { code: string }[]).map(({ code }) => code),
      ['signature-invalid'],
    );
    assert.equal((await signIn(idp)).location, '/console');
  });

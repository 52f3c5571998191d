/** For tests of the story's rules: an identity provider that signs any response. */
import 'reflect-metadata';
import { createHash, sign, webcrypto } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import * as x509 from '@peculiar/x509';

export interface Idp {
  entityId: string;
  /** The settings for an SSO profile. */
  settings: { idpEntityId: string; ssoUrl: string; certificates: string[] };
  privateKey: string;
}

export interface Saying {
  nameId: string;
  /** When it answers: milliseconds on the organization's clock. */
  at: number;
  sp: { acsUrl: string; entityId: string };
  sessionIndex?: string;
  sessionNotOnOrAfter?: number;
  /** For a copy of an assertion that was sent before. */
  assertionId?: string;
  /** Of the assertion: how long it is valid. Milliseconds. */
  lifetime?: number;
  /** Another one than Success. */
  status?: string;
}

const curve = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** With an elliptic curve key, which is made in a millisecond. */
export async function createIdp(origin: string): Promise<Idp> {
  const keys = (await webcrypto.subtle.generateKey(curve, true, ['sign', 'verify'])) as CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    { serialNumber: '01', name: 'CN=idp', notBefore: new Date('2020-01-01'), notAfter: new Date('2099-01-01'), keys },
    webcrypto as Crypto,
  );
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey as webcrypto.CryptoKey)).toString(
    'base64',
  );
  const entityId = `${origin}/metadata`;
  return {
    entityId,
    settings: { idpEntityId: entityId, ssoUrl: `${origin}/sso`, certificates: [certificate.toString('pem')] },
    privateKey: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----`,
  };
}

/** An AuthnRequest, as the address of a redirect carries it. */
export interface Asked {
  id: string;
  relayState: string;
}

export function requestIn(location: string): Asked {
  const query = new URL(location).searchParams;
  const xml = inflateRawSync(Buffer.from(query.get('SAMLRequest')!, 'base64')).toString();
  return { id: /\bID="([^"]+)"/.exec(xml)![1]!, relayState: query.get('RelayState')! };
}

const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol';
const assertionNamespace = 'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"';
const success = 'urn:oasis:names:tc:SAML:2.0:status:Success';
let count = 0;

/** The fields of the form that carries the signed response; without a request, an unsolicited one. */
export function responseTo(idp: Idp, asked: Asked | undefined, saying: Saying): Record<string, string> {
  const id = `_r${++count}`;
  const issuer = `<saml:Issuer ${assertionNamespace}>${idp.entityId}</saml:Issuer>`;
  const { status = success } = saying;
  const rest =
    `<samlp:Status><samlp:StatusCode Value="${status}"></samlp:StatusCode></samlp:Status>` +
    (status === success ? assertionFor(idp, asked, saying) : '');
  // Written in canonical form already (exclusive, without comments), so that it can be signed as it is.
  const response =
    `<samlp:Response xmlns:samlp="${protocol}" Destination="${saying.sp.acsUrl}" ID="${id}"` +
    `${asked ? ` InResponseTo="${asked.id}"` : ''} IssueInstant="${iso(saying.at)}" Version="2.0">${issuer}`;
  const signature = signatureOver(`${response}${rest}</samlp:Response>`, id, idp.privateKey);
  const xml = `${response}${signature}${rest}</samlp:Response>`;
  return {
    SAMLResponse: Buffer.from(xml).toString('base64'),
    ...(asked ? { RelayState: asked.relayState } : {}),
  };
}

function assertionFor(
  idp: Idp,
  asked: Asked | undefined,
  { nameId, at, sp, sessionIndex, sessionNotOnOrAfter, lifetime = 300_000, assertionId = `_a${++count}` }: Saying,
): string {
  const until = iso(at + lifetime);
  return (
    `<saml:Assertion ${assertionNamespace} ID="${assertionId}" IssueInstant="${iso(at)}" Version="2.0">` +
    `<saml:Issuer>${idp.entityId}</saml:Issuer>` +
    `<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">${nameId}` +
    '</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">' +
    `<saml:SubjectConfirmationData${asked ? ` InResponseTo="${asked.id}"` : ''} NotOnOrAfter="${until}"` +
    ` Recipient="${sp.acsUrl}"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>` +
    `<saml:Conditions NotBefore="${iso(at)}" NotOnOrAfter="${until}"><saml:AudienceRestriction>` +
    `<saml:Audience>${sp.entityId}</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
    `<saml:AuthnStatement AuthnInstant="${iso(at)}"` +
    (sessionIndex === undefined ? '' : ` SessionIndex="${sessionIndex}"`) +
    (sessionNotOnOrAfter === undefined ? '' : ` SessionNotOnOrAfter="${iso(sessionNotOnOrAfter)}"`) +
    '><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password' +
    '</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement></saml:Assertion>'
  );
}

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';

/** An enveloped signature over canonical XML (XML Signature 1.1). */
function signatureOver(xml: string, id: string, privateKey: string): string {
  const digest = createHash('sha256').update(xml).digest('base64');
  const namespace = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"';
  const inside =
    `<ds:CanonicalizationMethod Algorithm="${exclusive}"></ds:CanonicalizationMethod>` +
    '<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"></ds:SignatureMethod>' +
    `<ds:Reference URI="#${id}"><ds:Transforms>` +
    '<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>' +
    `<ds:Transform Algorithm="${exclusive}"></ds:Transform></ds:Transforms>` +
    '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>' +
    `<ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
  const octets = Buffer.from(`<ds:SignedInfo ${namespace}>${inside}`);
  const value = sign('sha256', octets, { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64');
  return (
    `<ds:Signature ${namespace}><ds:SignedInfo>${inside}` +
    `<ds:SignatureValue>${value}</ds:SignatureValue></ds:Signature>`
  );
}

/** Messages for the tests of this room: one honest response, edited before signing or altered after it. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import {
  constants,
  createCipheriv,
  createHash,
  generateKeyPairSync,
  type KeyObject,
  publicEncrypt,
  randomBytes,
  sign as signOctets,
  webcrypto,
} from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { ExclusiveCanonicalization, SignedXml } from 'xml-crypto';
import type { Finding, RejectionCode } from '../rejection-advice.ts';
import { childNamed, ns, pathOf } from './dom.ts';
import { checks, judge } from './judge.ts';
import { type Expectation, hardenedPolicies, type Judgement, type Policies } from './judgement.ts';
import { placed } from './line-numbers.ts';
import { parse, read } from './read.ts';

export const now = new Date('2026-03-01T12:00:00Z');
export const idpEntityId = 'http://idp.localhost:4000/acme/metadata';
export const spEntityId = 'http://sp.localhost:4001/saml/acme/metadata';
export const acsUrl = 'http://sp.localhost:4001/saml/acme/acs';
export const address = 'ada@acme.example';
const requestId = '_request';

export interface Signer {
  privateKey: KeyObject;
  publicKey: KeyObject;
  certificate: string;
}

const certifying = {
  rsa: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ec: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
} as const;

async function signerOf(
  { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject },
  notAfter = new Date('2027-01-01'),
): Promise<Signer> {
  const web = certifying[privateKey.asymmetricKeyType as 'rsa' | 'ec'];
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: '01',
      name: 'CN=test',
      notBefore: new Date('2026-01-01'),
      notAfter,
      signingAlgorithm: web,
      keys: {
        privateKey: privateKey.toCryptoKey(web, true, ['sign']),
        publicKey: publicKey.toCryptoKey(web, true, ['verify']),
      } as CryptoKeyPair,
    },
    webcrypto as unknown as Crypto,
  );
  return { privateKey, publicKey, certificate: certificate.toString('pem') };
}

/** For a key that Web Crypto does not know; the issuer of a pinned certificate is not checked. */
export async function certificateOf(publicKey: KeyObject): Promise<string> {
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: '01',
      subject: 'CN=test',
      issuer: 'CN=test',
      notBefore: new Date('2026-01-01'),
      notAfter: new Date('2027-01-01'),
      signingAlgorithm: certifying.rsa,
      publicKey: publicKey.export({ type: 'spki', format: 'der' }),
      signingKey: idp.privateKey.toCryptoKey(certifying.rsa, true, ['sign']) as CryptoKey,
    },
    webcrypto as unknown as Crypto,
  );
  return certificate.toString('pem');
}

async function shortCurve(): Promise<Signer> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime192v1' });
  return { privateKey, publicKey, certificate: await certificateOf(publicKey) };
}

const rsa = (modulusLength = 2048): Promise<Signer> => signerOf(generateKeyPairSync('rsa', { modulusLength }));
const idp = await rsa();
export const signers = {
  idp,
  expired: await signerOf(idp, new Date('2026-02-01')),
  stranger: await rsa(),
  weak: await rsa(1024),
  elliptic: await signerOf(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  shortCurve: await shortCurve(),
};
const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const reader = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherReader = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const readers = {
  own: { ...reader, pem: pem(reader.privateKey) },
  other: { ...otherReader, pem: pem(otherReader.privateKey) },
};

const responseTag =
  '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"' +
  ` xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_response" InResponseTo="${requestId}" Version="2.0"` +
  ` IssueInstant="2026-03-01T11:59:58Z" Destination="${acsUrl}">`;
const assertionTag =
  '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_assertion" Version="2.0"' +
  ' IssueInstant="2026-03-01T11:59:57Z">';
const confirmationData =
  `<saml:SubjectConfirmationData InResponseTo="${requestId}" NotOnOrAfter="2026-03-01T12:05:01Z"` +
  ` Recipient="${acsUrl}"/>`;
const classRef = 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password';
const mail =
  '<saml:Attribute Name="mail" FriendlyName="department">' +
  `<saml:AttributeValue>${address}</saml:AttributeValue></saml:Attribute>`;

export const honest = `${responseTag}
  <saml:Issuer>${idpEntityId}</saml:Issuer>
  <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
  ${assertionTag}
    <saml:Issuer>${idpEntityId}</saml:Issuer>
    <saml:Subject>
      <saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">${address}</saml:NameID>
      <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
        ${confirmationData}
      </saml:SubjectConfirmation>
    </saml:Subject>
    <saml:Conditions NotBefore="2026-03-01T11:55:00Z" NotOnOrAfter="2026-03-01T12:05:00Z">
      <saml:AudienceRestriction><saml:Audience>${spEntityId}</saml:Audience></saml:AudienceRestriction>
    </saml:Conditions>
    <saml:AuthnStatement AuthnInstant="2026-03-01T11:59:50Z" SessionIndex="_session">
      <saml:AuthnContext><saml:AuthnContextClassRef>${classRef}</saml:AuthnContextClassRef></saml:AuthnContext>
    </saml:AuthnStatement>
    <saml:AttributeStatement>
      ${mail}
    </saml:AttributeStatement>
  </saml:Assertion>
</samlp:Response>`;

export type Edit = (xml: string) => string;

/** Replaces the first occurrence; a pattern that is not there is a mistake in the test. */
export const swap =
  (from: string | RegExp, to: string): Edit =>
  (xml) => {
    assert.ok(
      typeof from === 'string' ? xml.includes(from) : from.test(xml),
      `the message does not hold ${String(from)}`,
    );
    return xml.replace(from, () => to);
  };
export const drop = (what: string | RegExp): Edit => swap(what, '');
export const inTurn =
  (...edits: Edit[]): Edit =>
  (xml) =>
    edits.reduce((text, edit) => edit(text), xml);

export const assertionOf = (xml: string): string => /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(xml)![0];
export const signatureOf = (xml: string): string => /<ds:Signature [\s\S]*?<\/ds:Signature>/.exec(xml)![0];

export interface Signing {
  signer?: Signer;
  algorithm?: string;
  digest?: string;
  transforms?: string[];
  canonicalization?: string;
  inclusive?: string[];
  keyInfo?: string | null;
}

const more = 'http://www.w3.org/2001/04/xmldsig-more#';
export const uris = {
  rsaSha1: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  rsaSha256: `${more}rsa-sha256`,
  rsaSha384: `${more}rsa-sha384`,
  rsaSha512: `${more}rsa-sha512`,
  pss: 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
  ecdsaSha256: `${more}ecdsa-sha256`,
  hmacSha256: `${more}hmac-sha256`,
  rsaMd5: `${more}rsa-md5`,
  sha1: 'http://www.w3.org/2000/09/xmldsig#sha1',
  sha256: 'http://www.w3.org/2001/04/xmlenc#sha256',
  sha384: `${more}sha384`,
  sha512: 'http://www.w3.org/2001/04/xmlenc#sha512',
  enveloped: 'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  inclusive: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
  commented: 'http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
} as const;

/** Signs the element of that ID, the signature standing behind its issuer, if there is one. */
export function sign(
  xml: string,
  id: string,
  {
    signer = signers.idp,
    algorithm = uris.rsaSha256,
    digest = uris.sha256,
    transforms = [uris.enveloped, uris.exclusive],
    canonicalization = uris.exclusive,
    inclusive = [],
    keyInfo,
  }: Signing = {},
): string {
  const signed = new SignedXml({
    privateKey: signer.privateKey,
    publicCert: signer.certificate,
    signatureAlgorithm: algorithm,
    canonicalizationAlgorithm: canonicalization as never,
    ...(keyInfo === undefined ? {} : { getKeyInfoContent: () => keyInfo }),
    idAttribute: 'ID',
  });
  const hash = /(md5|sha\d+)/.exec(algorithm)![1]!;
  signed.SignatureAlgorithms = {
    [algorithm]: class {
      getAlgorithmName = (): string => algorithm;
      getSignature = (octets: string): string =>
        signOctets(hash, Buffer.from(octets), {
          key: signer.privateKey,
          dsaEncoding: 'ieee-p1363',
          ...(algorithm === uris.pss
            ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
            : {}),
        }).toString('base64');
    },
  } as never;
  signed.HashAlgorithms = {
    [digest]: class {
      getAlgorithmName = (): string => digest;
      getHash = (octets: string): string =>
        createHash(/(md5|sha\d+)$/.exec(digest)![1]!)
          .update(octets)
          .digest('base64');
    },
  } as never;
  signed.addReference({
    xpath: `//*[@ID='${id}']`,
    transforms,
    digestAlgorithm: digest,
    inclusiveNamespacesPrefixList: inclusive,
  });
  const hasIssuer = new RegExp(`ID="${id}"[^>]*>\\s*<(\\w+:)?Issuer`).test(xml);
  signed.computeSignature(xml, {
    prefix: 'ds',
    location: hasIssuer
      ? { reference: `//*[@ID='${id}']/*[local-name(.)='Issuer']`, action: 'after' }
      : { reference: `//*[@ID='${id}']`, action: 'prepend' },
  });
  return inclusive.length === 0 ? signed.getSignedXml() : withoutStrayList(signed.getSignedXml(), signer);
}

const octetsOfSignedInfo = (xml: string): string =>
  new ExclusiveCanonicalization()
    .process(parse(xml).getElementsByTagName('ds:SignedInfo')[0]! as never, {} as never)
    .toString();
const withValue = (xml: string, value: Buffer): string =>
  swap(/(?<=<ds:SignatureValue>)[^<]*/, value.toString('base64'))(xml);

/** The signature value that an RSA key with the exponent 1 takes for its own: the padded digest (RFC 8017, 9.2). */
export function forgeForExponentOne(xml: string, bits: number): string {
  const info = Buffer.from('3031300d060960864801650304020105000420', 'hex');
  const end = Buffer.concat([info, createHash('sha256').update(octetsOfSignedInfo(xml)).digest()]);
  const padding = Buffer.alloc(bits / 8 - 3 - end.length, 0xff);
  return withValue(xml, Buffer.concat([Buffer.from([0, 1]), padding, Buffer.from([0]), end]));
}

/** The library lists the prefixes in every transform; identity providers list them only for canonicalization. */
function withoutStrayList(xml: string, signer: Signer): string {
  const corrected = swap(/(?<=#enveloped-signature">)<InclusiveNamespaces[^>]*\/>/, '')(xml);
  return withValue(corrected, signOctets('sha256', Buffer.from(octetsOfSignedInfo(corrected)), signer.privateKey));
}

export interface Making {
  /** Before signing: the only fault is then the edit. */
  edit?: Edit;
  /** In this order. */
  sign?: readonly string[];
  signing?: Signing;
  /** After signing. */
  alter?: Edit;
  encrypt?: Encrypting;
}

export interface Encrypting {
  publicKey?: KeyObject;
  cipher?: 'aes-128-gcm' | 'aes-256-gcm';
  hash?: 'sha1' | 'sha256';
  place?: 'inside' | 'beside' | 'pointed' | 'nowhere';
  plaintext?: Edit;
}

const contentUris = {
  'aes-128-gcm': 'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  'aes-256-gcm': 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
} as const;

const xenc = 'xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"';
const cipherData = (base64: string): string =>
  `<xenc:CipherData><xenc:CipherValue>${base64}</xenc:CipherValue></xenc:CipherData>`;

/** The signed assertion inside an EncryptedAssertion. */
export function encrypt(
  assertion: string,
  {
    publicKey = readers.own.publicKey,
    cipher = 'aes-256-gcm',
    hash = 'sha1',
    place = 'inside',
    plaintext = (text) => text,
  }: Encrypting = {},
): string {
  const key = randomBytes(cipher === 'aes-256-gcm' ? 32 : 16);
  const nonce = randomBytes(12);
  const gcm = createCipheriv(cipher, key, nonce);
  const octets = Buffer.concat([nonce, gcm.update(plaintext(assertion)), gcm.final(), gcm.getAuthTag()]).toString(
    'base64',
  );
  const wrapped = publicEncrypt(
    { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash },
    key,
  ).toString('base64');
  const method =
    hash === 'sha1'
      ? `<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/>`
      : '<xenc:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#rsa-oaep">' +
        `<ds:DigestMethod xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Algorithm="${uris.sha256}"/>` +
        '<xenc11:MGF xmlns:xenc11="http://www.w3.org/2009/xmlenc11#"' +
        ' Algorithm="http://www.w3.org/2009/xmlenc11#mgf1sha256"/></xenc:EncryptionMethod>';
  const encryptedKey = `<xenc:EncryptedKey ${xenc} Id="_key">${method}${cipherData(wrapped)}</xenc:EncryptedKey>`;
  const keyInfo = {
    inside: encryptedKey,
    beside: '',
    nowhere: '',
    pointed: '<ds:RetrievalMethod URI="#_key" Type="http://www.w3.org/2001/04/xmlenc#EncryptedKey"/>',
  }[place];
  const within =
    keyInfo === '' ? '' : `<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">${keyInfo}</ds:KeyInfo>`;
  const after = place === 'beside' || place === 'pointed' ? encryptedKey : '';
  return (
    `<saml:EncryptedAssertion><xenc:EncryptedData ${xenc} Type="http://www.w3.org/2001/04/xmlenc#Element">` +
    `<xenc:EncryptionMethod Algorithm="${contentUris[cipher]}"/>${within}${cipherData(octets)}` +
    `</xenc:EncryptedData>${after}</saml:EncryptedAssertion>`
  );
}

/** Edited, assertion and response signed (in that order), altered. */
export function make({
  edit = (xml) => xml,
  sign: targets = ['_assertion', '_response'],
  signing = {},
  alter = (xml) => xml,
  encrypt: encrypting,
}: Making = {}): string {
  let xml = edit(honest);
  if (targets.includes('_assertion')) xml = sign(xml, '_assertion', signing);
  if (encrypting) xml = xml.replace(assertionOf(xml), (assertion) => encrypt(assertion, encrypting));
  for (const target of targets.filter((one) => one !== '_assertion')) xml = sign(xml, target, signing);
  return alter(xml);
}

/** Changes to a complete expectation. Undefined removes a setting. */
export type Settings = { [Key in Exclude<keyof Expectation, 'policies'>]?: Expectation[Key] | undefined } & {
  policies?: Partial<Policies>;
};

export const expectation = ({ policies = {}, ...settings }: Settings = {}): Expectation => {
  const everything = {
    now,
    sp: { entityId: spEntityId, acsUrl, decryptionKeys: [readers.own.pem] },
    idp: { entityId: idpEntityId, certificates: [signers.idp.certificate] },
    request: { id: requestId, issuedAt: new Date('2026-03-01T11:59:00Z'), relayState: 'relay' },
    relayState: 'relay',
    wasUsed: () => false,
    account: (received: string) => ({ kind: received === address ? 'expected' : 'other', expected: address }),
    policies: { ...hardenedPolicies, ...policies },
    ...settings,
  };
  return Object.fromEntries(
    Object.entries(everything).filter(([, value]) => value !== undefined),
  ) as unknown as Expectation;
};

export function judged(xml: string, settings: Settings = {}): Judgement {
  const outcome = read(xml);
  return outcome.ok
    ? judge(outcome.message, expectation(settings))
    : { verdict: 'reject', findings: [outcome.finding], notVerified: [] };
}

/** Findings of all checks for a message as if it were signed. Without signatures, a row takes a millisecond. */
export function findingsOf(edit: Edit, settings: Settings = {}, { responseSigned = true } = {}): Finding[] {
  const response = parse(edit(honest)).documentElement;
  const subject = {
    original: response,
    response,
    assertion: childNamed(response, ns.saml, 'Assertion'),
    responseSigned,
    at: (node: Element, attribute?: string) => placed(pathOf(node), attribute, () => undefined),
  };
  return Object.values(checks)
    .flat()
    .flatMap((check) => check.check(subject, expectation(settings)));
}

export const codesOf = ({ findings }: Judgement): RejectionCode[] => findings.map(({ code }) => code);

export const assertAccepted = (xml: string, settings: Settings = {}): Extract<Judgement, { verdict: 'accept' }> => {
  const judgement = judged(xml, settings);
  assert.equal(judgement.verdict, 'accept', JSON.stringify(judgement, undefined, 2));
  return judgement as Extract<Judgement, { verdict: 'accept' }>;
};

/** Rejected, for exactly these reasons in this order. */
export const assertRejected = (
  xml: string,
  codes: readonly RejectionCode[],
  settings: Settings = {},
): Extract<Judgement, { verdict: 'reject' }> => {
  const judgement = judged(xml, settings);
  assert.deepEqual(codesOf(judgement), codes, JSON.stringify(judgement, undefined, 2));
  assert.equal(judgement.verdict, 'reject');
  return judgement as Extract<Judgement, { verdict: 'reject' }>;
};

/** Metadata and certificates as they are found in life, with the right value: what every reader takes or says. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const curve = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const generate = () => webcrypto.subtle.generateKey(curve, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
const keys = { ca: await generate(), leaf: await generate(), other: await generate() };

async function certify(name: keyof typeof keys, issuer: keyof typeof keys): Promise<string> {
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: '01',
      subject: `CN=${name}`,
      issuer: `CN=${issuer}`,
      publicKey: keys[name].publicKey,
      signingKey: keys[issuer].privateKey,
    },
    webcrypto as Crypto,
  );
  return certificate.toString('base64');
}
/** Base64. The CA issued the leaf. */
export const certificates = {
  leaf: await certify('leaf', 'ca'),
  ca: await certify('ca', 'ca'),
  other: await certify('other', 'other'),
};
type Name = keyof typeof certificates;
const { leaf, ca, other } = certificates;
const framed = (base64: string, label = 'CERTIFICATE'): string =>
  `-----BEGIN ${label}-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END ${label}-----`;

/** The right value: the certificates that are taken, or what the reader says. */
export type Value = readonly Name[] | RegExp;

export interface CertificateRow {
  text: string;
  value: Value;
  /** Of the lab's page, which takes metadata and certificates; by default the same. */
  page?: Value;
  /** Of the mock IdP's own reader, if the row concerns it. */
  mock?: Value;
}

export const certificateRows: Readonly<Record<string, CertificateRow>> = {
  PEM: { text: framed(leaf), value: ['leaf'], mock: ['leaf'] },
  base64: { text: leaf, value: ['leaf'], mock: ['leaf'] },
  'PEM with CRLF and blanks around it': {
    text: `\r\n  ${framed(leaf).replaceAll('\n', '\r\n')} \r\n`,
    value: ['leaf'],
    mock: ['leaf'],
  },
  'two in PEM': { text: `${framed(leaf)}\n${framed(other)}`, value: ['leaf', 'other'], mock: /malformed certificate/ },
  'two in base64, one below the other': { text: `${leaf}\n${other}`, value: ['leaf', 'other'], mock: /malformed cert/ },
  'attributes of a PKCS #12 file before it': {
    text: `Bag Attributes\n  localKeyID: 01\n${framed(leaf)}`,
    value: ['leaf'],
  },
  'a thumbprint before it': { text: `Thumbprint: ABCD\n${framed(leaf)}`, value: ['leaf'] },
  'line breaks written as \\n': { text: framed(leaf).replaceAll('\n', '\\n'), value: ['leaf'] },
  'the frame TRUSTED CERTIFICATE': { text: framed(leaf, 'TRUSTED CERTIFICATE'), value: ['leaf'] },
  'the frame X509 CERTIFICATE': { text: framed(leaf, 'X509 CERTIFICATE'), value: ['leaf'] },
  'dashes of a word processor': { text: framed(leaf).replaceAll('-----', '—–'), value: ['leaf'] },
  'a fingerprint': {
    text: 'AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01',
    value: /This is a fingerprint, not a certificate/,
    mock: /malformed certificate/,
  },
  'an address': {
    text: 'https://idp.example/certificate.pem',
    value: /This is an address, not a certificate/,
    page: /This is an address, not metadata/,
  },
  words: { text: 'see attachment', value: /not an X\.509 certificate/, mock: /malformed certificate/ },
  'half a certificate': {
    text: leaf.slice(0, 200),
    value: /cut off: it has 150 of \d+ octets/,
    mock: /malformed cert/,
  },
  'a public key': { text: framed('AAAA', 'PUBLIC KEY'), value: /contains a PUBLIC KEY, not a certificate/ },
  'a private key beside it': {
    text: `${framed(leaf)}\n${framed('AAAA', 'PRIVATE KEY')}`,
    value: /contains a private key/,
  },
  'text after it': { text: `${framed(leaf)}\nplease use this one`, value: /there is text .*“please use this one”/ },
};

/** Of an identity provider or of a service provider, so that the mock IdP's own reader can play the same rows. */
export interface Shape {
  role: string;
  service: string;
}
export const shapes = {
  idp: { role: 'IDPSSODescriptor', service: 'SingleSignOnService' },
  sp: { role: 'SPSSODescriptor', service: 'AssertionConsumerService' },
} as const;

const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
const saml2 = 'urn:oasis:names:tc:SAML:2.0:protocol';
const saml11 = 'urn:oasis:names:tc:SAML:1.1:protocol';
export const address = 'https://party.example/here';
export const entityId = 'https://party.example/metadata';

interface Parts {
  protocols?: string;
  location?: string;
  roleUntil?: string;
  /** One KeyDescriptor for each, with what its X509Certificate elements hold. */
  keys?: readonly (readonly string[])[];
}
const until = (time: string): string => (time === '' ? '' : ` validUntil="${time}"`);
const key = (contents: readonly string[]): string =>
  '<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>' +
  `${contents.map((one) => `<ds:X509Certificate>${one}</ds:X509Certificate>`).join('')}` +
  '</ds:X509Data></ds:KeyInfo></md:KeyDescriptor>';
const role = (
  { role: name, service }: Shape,
  { protocols = saml2, location = address, roleUntil = '', keys: all = [[leaf]] }: Parts = {},
): string =>
  `<md:${name} protocolSupportEnumeration="${protocols}"${until(roleUntil)}>${all.map(key).join('')}` +
  `<md:${service} Binding="${post}" Location="${location}" index="0"/></md:${name}>`;
const namespace = 'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"';
const entity = (roles: string, { id = entityId, attributes = '' } = {}): string =>
  `<md:EntityDescriptor ${namespace} entityID="${id}"${attributes}>${roles}</md:EntityDescriptor>`;
const group = (inside: string): string => `<md:EntitiesDescriptor ${namespace}>${inside}</md:EntitiesDescriptor>`;
const simple =
  (parts: Parts = {}) =>
  (shape: Shape): string =>
    entity(role(shape, parts));
const past = '2020-01-01T00:00:00Z';
const future = '2999-01-01T00:00:00Z';

export interface MetadataRow {
  write(shape: Shape): string;
  /** How the file is written; UTF-8 by default. Not for pasted text. */
  encode?: (text: string) => Buffer;
  value: Value;
  /** Of the lab's page, which takes metadata and certificates; by default the same. */
  page?: Value;
  /** Of the mock IdP's own reader; by default the same. `false` if the row does not concern it. */
  mock?: RegExp | 'taken' | false;
}

/** The elements between which ADFS hides its two. */
const claims = Array.from(
  { length: 1_500 },
  (_, number) => `<x:Claim xmlns:x="urn:x" Uri="urn:${number}"><x:A/><x:B/></x:Claim>`,
);

export const metadataRows: Readonly<Record<string, MetadataRow>> = {
  'plain metadata': { write: simple(), value: ['leaf'] },
  'a PEM frame inside X509Certificate': { write: simple({ keys: [[framed(leaf)]] }), value: ['leaf'] },
  'leaf and CA in one KeyDescriptor': { write: simple({ keys: [[leaf, ca]] }), value: ['leaf'] },
  'CA and leaf in one KeyDescriptor': { write: simple({ keys: [[ca, leaf]] }), value: ['leaf'] },
  'two KeyDescriptors': { write: simple({ keys: [[leaf], [other]] }), value: ['leaf', 'other'] },
  'two certificates in one element': {
    write: simple({ keys: [[leaf + other]] }),
    value: /X509Certificate, line 1\).*2 certificates run together/,
    mock: /malformed certificate/,
  },
  'a certificate that is cut off': {
    write: simple({ keys: [[leaf.slice(0, 200)]] }),
    value: /X509Certificate, line 1\).*cut off/,
    mock: /malformed certificate/,
  },
  'nine certificates': {
    write: simple({ keys: Array.from({ length: 9 }, (_, index) => [index === 0 ? other : leaf]) }),
    value: ['other', 'leaf'],
  },
  'SAML 1.1 before SAML 2.0': {
    write: (shape) =>
      entity(role(shape, { protocols: saml11, location: 'https://old.example/', keys: [[other]] }) + role(shape)),
    value: ['leaf'],
  },
  'SAML 1.1 only': {
    write: simple({ protocols: saml11 }),
    value: /does not offer SAML 2\.0.*SAML:1\.1/,
    mock: /for SAML 2\.0/,
  },
  'a role that is still valid after one that has expired': {
    write: (shape) => entity(role(shape, { roleUntil: past, keys: [[other]] }) + role(shape, { roleUntil: future })),
    value: ['leaf'],
    mock: false,
  },
  'an expired root': {
    write: (shape) => entity(role(shape), { attributes: until(past) }),
    value: /The metadata expired on 2020-01-01/,
    mock: /EntityDescriptor: it expired on 2020-01-01/,
  },
  'an expired role': {
    write: simple({ roleUntil: past }),
    value: /The IDPSSODescriptor in the metadata expired on 2020-01-01/,
    mock: /SPSSODescriptor: it expired on 2020-01-01/,
  },
  'a group with one provider': {
    write: (shape) => group(entity(role(shape))),
    value: ['leaf'],
    mock: /must be one md:EntityDescriptor/,
  },
  'a group with two providers': {
    write: (shape) => group(entity(role(shape), { id: 'urn:a' }) + entity(role(shape), { id: 'urn:b' })),
    value: /several providers \(EntitiesDescriptor\): urn:a, urn:b\. Choose one/,
    mock: /must be one md:EntityDescriptor/,
  },
  'white space around the Location': {
    write: simple({ location: ` ${address}\n` }),
    value: ['leaf'],
    mock: /contains whitespace: remove it/,
  },
  'white space around the entityID': {
    write: (shape) => entity(role(shape), { id: ` ${entityId} ` }),
    value: /entityID .*must not begin or end with whitespace/,
    mock: false,
  },
  'a Location with a placeholder': {
    write: simple({ location: 'https://{your domain}/here' }),
    value: /Location .*cannot be used/,
    mock: /still contains the placeholder “{your domain}”/,
  },
  'a Location with another placeholder': {
    write: simple({ location: 'https://YOUR-DOMAIN/here' }),
    value: ['leaf'],
    mock: /still contains the placeholder “YOUR-DOMAIN”/,
  },
  'a Location that is not a URL': {
    write: simple({ location: 'party.example/here' }),
    value: /Location .*“party\.example\/here”, cannot be used/,
    mock: /is not an http or https URL/,
  },
  'a stylesheet': { write: (shape) => `<?xml-stylesheet href="a"?>${simple()(shape)}`, value: ['leaf'] },
  'xml:id beside ID': {
    write: (shape) => entity(role(shape), { attributes: ' ID="_1" xml:id="_2"' }),
    value: ['leaf'],
  },
  'a hundred and more comments': { write: (shape) => `${'<!-- c -->'.repeat(120)}${simple()(shape)}`, value: ['leaf'] },
  '400 kB of claims': {
    write: (shape) =>
      entity(`<md:RoleDescriptor>${'<!-- -->'.repeat(30_00)}${claims.join('')}</md:RoleDescriptor>${role(shape)}`),
    value: ['leaf'],
    mock: false,
  },
  'a declaration of UTF-16 in a pasted text': {
    write: (shape) => `<?xml version="1.0" encoding="UTF-16"?>${simple()(shape)}`,
    value: ['leaf'],
    mock: false,
  },
  'UTF-16 with a byte order mark': {
    write: (shape) => `\uFEFF<?xml version="1.0" encoding="UTF-16"?>${simple()(shape)}`,
    encode: (text) => Buffer.from(text, 'utf16le'),
    value: ['leaf'],
    mock: false,
  },
  'UTF-16, big-endian': {
    write: (shape) => `\uFEFF${simple()(shape)}`,
    encode: (text) => Buffer.from(text, 'utf16le').swap16(),
    value: ['leaf'],
    mock: false,
  },
  'a broken byte order mark': { write: (shape) => `ï»¿${simple()(shape)}`, value: ['leaf'], mock: false },
  'a document type': {
    write: (shape) => `<!DOCTYPE x>${simple()(shape)}`,
    value: /contains a document type \(<!DOCTYPE>\)/,
    mock: /DOCTYPE/,
  },
  'an end that is missing': {
    write: (shape) => simple()(shape).slice(0, -20),
    value: /not well-formed XML \(line 1\)/,
    mock: /not well-formed/,
  },
  'a web address instead of its content': {
    write: () => 'https://party.example/metadata',
    value: /This is an address, not metadata/,
    mock: /not well-formed/,
  },
  'a certificate instead of metadata': {
    write: () => framed(leaf),
    value: /This is a certificate, not metadata/,
    page: ['leaf'],
    mock: /not well-formed/,
  },
  'the JSON of OpenID Connect': {
    write: () => '{"issuer": "https://party.example"}',
    value: /This is JSON, not SAML metadata/,
    mock: /not well-formed/,
  },
  'the web page around it': {
    write: () => '<html><body>404</body></html>',
    value: /This is a web page, not metadata/,
    mock: /must be one/,
  },
  'a role of the other side': {
    write: (shape) => simple()(shape === shapes.idp ? shapes.sp : shapes.idp),
    value: /This is the metadata of a service provider/,
    mock: /no md:SPSSODescriptor/,
  },
  'no certificate': { write: simple({ keys: [] }), value: /contains no signing certificate/, mock: 'taken' },
};

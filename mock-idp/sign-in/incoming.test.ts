/** Decoding and limits of messages, and verification of their signatures. */
import assert from 'node:assert/strict';
import { sign as signOctets } from 'node:crypto';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { algorithms, honestSignature, type Signature, sign, transform } from '../response/signing.ts';
import { element, render, type Element as Tree, withAttributes, withChildren } from '../response/xml.ts';
import { createKeyPair, type KeyPair } from '../tenants/keys.ts';
import { type Arrival, checkRelayState, idOf, RequestRefused, receive } from './incoming.ts';
import { parseXml } from './parse.ts';
import { signedByXmlsec1 } from './signed-by-xmlsec1.fixture.ts';

const span = { commonName: 'sp', notBefore: new Date('2026-01-01'), notAfter: new Date('2046-01-01') };
const ec = { ...span, algorithm: 'ecdsa-p256' } as const;
const [rsa, elliptic, other] = await Promise.all([createKeyPair(span), createKeyPair(ec), createKeyPair(ec)]);

const message = element('samlp:AuthnRequest', { ID: '_1' });
const xml = render(message);
const deflated = (text: string): string => encodeURIComponent(deflateRawSync(text).toString('base64'));
const encoded = (text: string): string => Buffer.from(text).toString('base64');
const byRedirect = (query: string, field: 'SAMLRequest' | 'SAMLResponse' = 'SAMLRequest') =>
  receive({ binding: 'redirect', query }, field);
const byPost = (fields: Record<string, unknown>, field: 'SAMLRequest' | 'SAMLResponse' = 'SAMLRequest') =>
  receive({ binding: 'post', fields }, field);
const padded = (length: number): string => `<a>${'x'.repeat(length - 7)}</a>`;

test('a message by Redirect is read with its RelayState', () => {
  const { root, ...read } = byRedirect(`a=1&SAMLRequest=${deflated(xml)}&RelayState=a+b%2Bc%3D&a=2&b`);
  assert.deepEqual(
    { ...read, verify: root.localName },
    { binding: 'redirect', xml, relayState: 'a b+c=', signed: false, verify: 'AuthnRequest' },
  );
  assert.equal(byRedirect(`SAMLRequest=${deflated(xml)}`).relayState, undefined);
  assert.equal(byRedirect(`SAMLRequest=${deflated(xml)}&Signature=`).signed, true);
  assert.equal(byRedirect(`SAMLResponse=${deflated(xml)}`, 'SAMLResponse').xml, xml);
});

test('a message by POST is read with its RelayState', () => {
  const { root, ...read } = byPost({ SAMLRequest: encoded(xml).replace(/(.{20})/g, '$1\r\n'), RelayState: 'a+b' });
  assert.deepEqual(
    { ...read, verify: root.localName },
    { binding: 'post', xml, relayState: 'a+b', signed: false, verify: 'AuthnRequest' },
  );
  assert.equal(byPost({ SAMLRequest: encoded(xml), RelayState: 7 }).relayState, undefined);
  assert.equal(byPost({ SAMLResponse: encoded(xml) }, 'SAMLResponse').xml, xml);
});

const redirect = (query: string): Arrival => ({ binding: 'redirect', query });
const post = (fields: Record<string, unknown>): Arrival => ({ binding: 'post', fields });
const rejected: [what: string, arrival: Arrival, code: string, sentence: RegExp][] = [
  ['no message in the query string', redirect('RelayState=x'), 'request-missing', /SAMLRequest is missing/],
  ['an empty message in the query string', redirect('SAMLRequest='), 'request-missing', /SAMLRequest is missing/],
  [
    'a message in another parameter',
    redirect(`SAMLResponse=${deflated(xml)}`),
    'request-missing',
    /SAMLRequest is missing/,
  ],
  [
    'a deflated message in the form',
    post({ SAMLRequest: deflateRawSync(`<?xml version="1.0"?>${xml}`).toString('base64') }),
    'request-malformed',
    /it is deflated, as for the Redirect binding; a form carries it without DEFLATE/,
  ],
  ['no message in the form', post({}), 'request-missing', /SAMLRequest is missing/],
  ['an empty message in the form', post({ SAMLRequest: '' }), 'request-missing', /SAMLRequest is missing/],
  ['a message that is not text', post({ SAMLRequest: 7 }), 'request-missing', /SAMLRequest is missing/],
  [
    'a duplicate message in the form',
    post({ SAMLRequest: [encoded(xml), encoded(xml)] }),
    'request-malformed',
    /SAMLRequest or RelayState twice/,
  ],
  [
    'a duplicate RelayState in the form',
    post({ SAMLRequest: encoded(xml), RelayState: ['a', 'a'] }),
    'request-malformed',
    /SAMLRequest or RelayState twice/,
  ],
  ...['SAMLRequest', 'SAMLResponse', 'RelayState', 'SigAlg', 'Signature', 'SAMLEncoding'].map(
    (name): [string, Arrival, string, RegExp] => [
      `a duplicate ${name} in the query string`,
      redirect(`SAMLRequest=${deflated(xml)}&${name}=x&${name}=x`),
      'request-malformed',
      new RegExp(`the parameter ${name === 'SAMLRequest' ? name : name} twice`),
    ],
  ),
  ['an incomplete percent escape', redirect('SAMLRequest=%E'), 'request-malformed', /not percent-encoded/],
  ['base64url', redirect('SAMLRequest=a-_b'), 'request-malformed', /not base64/],
  ['three padding characters', redirect('SAMLRequest=ab==='), 'request-malformed', /not base64/],
  ['text before base64', post({ SAMLRequest: '!abcd' }), 'request-malformed', /not base64/],
  [
    'an uncompressed message',
    redirect(`SAMLRequest=${encodeURIComponent(encoded(xml))}`),
    'request-malformed',
    /it is not deflated/,
  ],
  ['text that is not XML', post({ SAMLRequest: encoded('<a>') }), 'request-malformed', /not well-formed XML/],
  ['a DOCTYPE', post({ SAMLRequest: encoded('<!DOCTYPE a><a/>') }), 'request-malformed', /has a DOCTYPE/],
];
for (const [what, arrival, code, sentence] of rejected)
  test(`${what} is rejected`, () => {
    assert.throws(() => receive(arrival, 'SAMLRequest'), { name: 'RequestRefused', code, message: sentence });
  });

const size = 64 * 1024;
/** Items with a size limit, the limit, and the error above it. */
const sized: [what: string, use: (length: number) => unknown, most: number, sentence: RegExp][] = [
  ['a message by Redirect', (length) => byRedirect(`SAMLRequest=${deflated(padded(length))}`), size, /65536 octets/],
  ['a message by POST', (length) => byPost({ SAMLRequest: encoded(padded(length)) }), size, /65536 characters/],
  [
    'the number of elements',
    (count) => byPost({ SAMLRequest: encoded(`<a>${'<b/>'.repeat(count - 1)}</a>`) }),
    300,
    /elements/,
  ],
  ['RelayState, in octets', (length) => checkRelayState('é'.repeat(length / 2) + 'x'.repeat(length % 2)), 8192, /8192/],
  [
    'RelayState by Redirect',
    (length) => byRedirect(`SAMLRequest=${deflated(xml)}&RelayState=${'x'.repeat(length)}`),
    8192,
    /RelayState is longer than 8192 octets/,
  ],
  [
    'RelayState by POST',
    (length) => byPost({ SAMLRequest: encoded(xml), RelayState: 'x'.repeat(length) }),
    8192,
    /RelayState is longer than 8192 octets/,
  ],
  ['the ID', (length) => idOf(parseXml(`<a ID="${'x'.repeat(length)}"/>`).documentElement), 1024, /1024 characters/],
];
for (const [what, use, most, sentence] of sized)
  test(`${what} may have at most ${most}`, () => {
    use(most);
    assert.throws(() => use(most + 1), { code: 'request-malformed', message: sentence });
  });

test('base64 may be twice as long as a message, and is not decoded if longer', () => {
  const fields = (length: number) => ({ SAMLRequest: 'A'.repeat(length) });
  assert.throws(() => byPost(fields(2 * size)), /longer than 65536 characters/);
  assert.throws(() => byPost(fields(2 * size + 1)), /it is too long/);
});

test('RelayState is kept unchanged, and an ID is required', () => {
  assert.deepEqual([checkRelayState('a'), checkRelayState(''), checkRelayState(undefined)], ['a', '', undefined]);
  assert.equal(idOf(parseXml('<a ID="x"/>').documentElement), 'x');
  for (const text of ['<a/>', '<a ID=""/>'])
    assert.throws(() => idOf(parseXml(text).documentElement), { code: 'request-malformed', message: /has no ID/ });
});

test('a long sentence is cut at 800 characters', () => {
  assert.equal(new RequestRefused('request-missing', 'x'.repeat(800)).message, 'x'.repeat(800));
  assert.equal(new RequestRefused('request-missing', 'x'.repeat(801)).message, `${'x'.repeat(800)}…`);
});

/** The query string as the SP signs it: message, RelayState, SigAlg. */
function signedQuery(
  { privateKey }: KeyPair,
  {
    algorithm = algorithms.ecdsaSha256 as string,
    hash = 'sha256',
    relayState = '&RelayState=a%2fb',
    field = 'SAMLRequest',
  },
): string {
  const octets = `${field}=${deflated(xml)}${relayState}&SigAlg=${encodeURIComponent(algorithm)}`;
  const value = signOctets(hash, Buffer.from(octets), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${octets}&Signature=${encodeURIComponent(value.toString('base64'))}`;
}

const bad = { code: 'request-signature-bad' };
const holds: [rule: string, query: string, certificates: KeyPair[]][] = [
  ['ECDSA with SHA-256', signedQuery(elliptic, {}), [elliptic]],
  ['RSA with SHA-256', signedQuery(rsa, { algorithm: algorithms.rsaSha256 }), [rsa]],
  ['RSA with SHA-384', signedQuery(rsa, { algorithm: algorithms.rsaSha384, hash: 'sha384' }), [rsa]],
  ['RSA with SHA-512', signedQuery(rsa, { algorithm: algorithms.rsaSha512, hash: 'sha512' }), [rsa]],
  ['any certificate of the app', signedQuery(elliptic, {}), [other, rsa, elliptic]],
  ['without RelayState', signedQuery(elliptic, { relayState: '' }), [elliptic]],
  ['an empty RelayState', signedQuery(elliptic, { relayState: '&RelayState=' }), [elliptic]],
  ['parameters in a different order', signedQuery(elliptic, {}).split('&').toReversed().join('&'), [elliptic]],
  ['unknown parameters', `a=b&${signedQuery(elliptic, {})}&c=d`, [elliptic]],
];
for (const [rule, query, pairs] of holds)
  test(`a valid query string signature: ${rule}`, () => {
    byRedirect(query).verify(pairs.map(({ certificate }) => certificate));
  });
const fails: [rule: string, query: string, certificates: KeyPair[]][] = [
  ['another key', signedQuery(other, {}), [elliptic]],
  ['no certificate', signedQuery(elliptic, {}), []],
  ['a different RelayState', signedQuery(elliptic, {}).replace('a%2fb', 'a%2fc'), [elliptic]],
  ['the same RelayState, spelled differently', signedQuery(elliptic, {}).replace('a%2fb', 'a%2Fb'), [elliptic]],
  ['another message', signedQuery(elliptic, {}).replace(deflated(xml), deflated(`${xml} `)), [elliptic]],
  ['a forbidden algorithm', signedQuery(rsa, { algorithm: algorithms.rsaSha1, hash: 'sha1' }), [rsa]],
  ['no algorithm', signedQuery(rsa, {}).replace(/&SigAlg=[^&]*/, ''), [rsa]],
  ['an RSA algorithm with an EC key', signedQuery(elliptic, { algorithm: algorithms.rsaSha256 }), [elliptic]],
  ['an ECDSA algorithm with an RSA key', signedQuery(rsa, {}), [rsa]],
];
for (const [rule, query, pairs] of fails)
  test(`an invalid query string signature: ${rule}`, () => {
    const { verify } = byRedirect(query);
    assert.throws(() => verify(pairs.map(({ certificate }) => certificate)), bad);
  });

test('the signature of a response covers its own parameter', () => {
  const query = signedQuery(elliptic, { field: 'SAMLResponse' });
  byRedirect(query, 'SAMLResponse').verify([elliptic.certificate]);
  const { verify } = byRedirect(`${query}&SAMLRequest=${deflated(xml)}`);
  assert.throws(() => verify([elliptic.certificate]), bad);
});

const honest = honestSignature(rsa);
const verifyPosted = (tree: Tree, pairs = [rsa]): void => {
  const received = byPost({ SAMLRequest: encoded(render(tree)) });
  assert.equal(received.signed, true);
  received.verify(pairs.map(({ certificate }) => certificate));
};
const postSigned = (change: Partial<Signature>): Tree => sign(message, { ...honest, ...change });
const prefixList = (length: number): Partial<Signature> => {
  const inclusive = element('ec:InclusiveNamespaces', { PrefixList: 'x'.repeat(length) });
  return { transforms: [transform(algorithms.enveloped), transform(algorithms.exclusive, inclusive)] };
};

test('the signature of a posted message may match any certificate of the app', () => {
  verifyPosted(postSigned({}));
  verifyPosted(postSigned({}), [elliptic, rsa]);
  verifyPosted(postSigned(prefixList(200)));
  verifyPosted(postSigned({ keyInfo: [] }));
  assert.equal(byPost({ SAMLRequest: encoded(xml) }).signed, false);
});

test('an ECDSA signature of a posted message is verified as by Redirect', () => {
  verifyPosted(sign(message, honestSignature(elliptic)), [rsa, elliptic]);
});

for (const [algorithm, { message: posted, certificate }] of Object.entries(signedByXmlsec1))
  test(`a message that xmlsec1 signed with ${algorithm}, with #default in a PrefixList, is verified`, () => {
    const { verify } = byPost({ SAMLRequest: posted });
    verify([certificate]);
    const changed = Buffer.from(posted, 'base64').toString().replace('B:one="1"', 'B:one="2"');
    assert.throws(() => byPost({ SAMLRequest: encoded(changed) }).verify([certificate]), bad);
  });

const inner = sign(element('samlp:Extensions', { ID: '_2' }), honest);
const postedFails: [rule: string, tree: Tree, sentence: RegExp, certificates?: KeyPair[]][] = [
  ['another key', postSigned({}), /was not made over this message/, [other]],
  ['a changed message', withAttributes(postSigned({}), { ForceAuthn: 'true' }), /was not made over this message/],
  ['SHA-1', postSigned({ signatureAlgorithm: algorithms.rsaSha1 }), /was not made over this message/],
  ['an RSA signature that is called ECDSA', postSigned({ signatureAlgorithm: algorithms.ecdsaSha256 }), /was not made/],
  ['an ECDSA signature by another key', sign(message, honestSignature(other)), /was not made/, [elliptic]],
  ['an empty reference', postSigned({ referenceUri: () => '' }), /was not made over this message/],
  [
    'a signature over another element',
    withChildren(message, ...inner.children, withChildren(inner)),
    /was not made over this message/,
  ],
  ['two signatures', sign(postSigned({}), honest), /more than one signature/],
  ['no SignedInfo', withChildren(message, element('ds:Signature')), /exactly one ds:Reference/],
  ['no reference', postSigned({ signedInfo: (one) => withChildren(one) }), /exactly one ds:Reference/],
  [
    'two references',
    postSigned({ signedInfo: (one) => withChildren(one, ...one.children, one.children[2]) }),
    /exactly one ds:Reference/,
  ],
  [
    'three transforms',
    postSigned({ transforms: [...honest.transforms, transform(algorithms.exclusive)] }),
    /more than 2 transforms/,
  ],
  ['a PrefixList of 201 characters', postSigned(prefixList(201)), /longer than 200 characters/],
];
for (const [rule, tree, sentence, pairs] of postedFails)
  test(`an invalid signature of a posted message: ${rule}`, () => {
    assert.throws(() => verifyPosted(tree, pairs), { ...bad, message: sentence });
  });

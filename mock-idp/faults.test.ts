/** The catalogue of faults is complete and unambiguous, and each fault changes only the parts that it lists. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import type { Fault } from './fault.ts';
import { messages, parse, type Run, run } from './faults/messages.fixture.ts';
import { arrange, faultPattern, faultPhrases, faults, logoutFaultPhrases, UnknownFault } from './faults.ts';
import type { Delivery } from './response/delivery.ts';

const nodes = (element: Element): Node[] =>
  Array.from({ length: element.childNodes.length }, (_, index) => element.childNodes.item(index)!);
const isElement = (node: Node): node is Element => node.nodeType === 1;
const shape = (node: Node): string =>
  isElement(node) ? `{${node.namespaceURI}}${node.localName}` : `${node.nodeType}:${node.nodeValue}`;

/** Paths of local names at which two trees differ; a child that one of them lacks is a difference at the child. */
function differing(one: Element, other: Element, path = one.localName): string[] {
  if (shape(one) !== shape(other)) return [path, other.localName];
  return [...differingAttributes(one, other, path), ...differingChildren(nodes(one), nodes(other), path)];
}

function differingAttributes(one: Element, other: Element, path: string): string[] {
  const attributes = new Set([...Array.from(one.attributes), ...Array.from(other.attributes)].map(({ name }) => name));
  return [...attributes]
    .filter(
      (name) =>
        one.getAttribute(name) !== other.getAttribute(name) || one.hasAttribute(name) !== other.hasAttribute(name),
    )
    .map((name) => `${path}/@${name}`);
}

function differingChildren(left: readonly Node[], right: readonly Node[], path: string): string[] {
  const below = (a: Element, b: Node): string[] => differing(a, b as Element, `${path}/${a.localName}`);
  if (left.length === right.length && left.every((node, index) => isAlike(node, right[index]!)))
    return left.flatMap((node, index) => {
      if (isElement(node)) return below(node, right[index]!);
      return shape(node) === shape(right[index]!) ? [] : [path];
    });
  const { pairs, removed, added } = alignEnds(left, right);
  const difference = (these: readonly Node[], those: readonly Node[]): Node[] =>
    these.filter((node) => !those.some((one) => String(one) === String(node)));
  const changed = [...difference(removed, added), ...difference(added, removed)];
  // Nodes on both sides have moved or changed in number, unless others were inserted between them.
  const between = changed.length > 0 ? changed : [...removed, ...added];
  return [
    ...pairs.flatMap(([a, b]) => (isElement(a) ? below(a, b) : [])),
    ...between.map((node) => (isElement(node) ? `${path}/${node.localName}` : path)),
  ];
}

/** Both are elements of the same name, or neither is an element. */
const isAlike = (one: Node, other: Node): boolean =>
  isElement(one) === isElement(other) && (!isElement(one) || one.localName === (other as Element).localName);

/** Pairs the longest equal beginnings and ends; the rest differs. */
function alignEnds(left: readonly Node[], right: readonly Node[]) {
  const same = (a: Node | undefined, b: Node | undefined): boolean =>
    a !== undefined && b !== undefined && shape(a) === shape(b);
  let start = 0;
  while (same(left[start], right[start])) start++;
  let end = 0;
  while (end < Math.min(left.length, right.length) - start && same(left.at(-1 - end), right.at(-1 - end))) end++;
  return {
    pairs: [
      ...Array.from({ length: start }, (_, index) => [left[index]!, right[index]!] as const),
      ...Array.from({ length: end }, (_, index) => [left.at(-1 - index)!, right.at(-1 - index)!] as const),
    ],
    removed: left.slice(start, left.length - end),
    added: right.slice(start, right.length - end),
  };
}

const field = ({ fields }: Delivery, name: string): readonly string[] =>
  fields.filter(([one]) => one === name).map(([, value]) => value);

/** Differences between two deliveries, in the notation of `touches`. */
function differences({ honest, faulty }: Run): string[] {
  const found: string[] = [];
  for (const part of ['action', 'method', 'contentType', 'copies'] as const)
    if (honest[part] !== faulty[part]) found.push(`form/${part}`);
  const xmlAgrees = honest.xml === faulty.xml;
  if (!xmlAgrees) {
    const [one, other] = [parse(honest.xml), parse(faulty.xml)];
    const inTree = one && other ? differing(one, other) : [];
    found.push(...(inTree.length > 0 ? inTree : ['text']));
  }
  for (const name of new Set([...honest.fields, ...faulty.fields].map(([one]) => one))) {
    const [one, other] = [field(honest, name), field(faulty, name)];
    // The field follows from the text.
    const follows =
      name === 'SAMLResponse' &&
      !xmlAgrees &&
      other.length === 1 &&
      Buffer.from(other[0]!, 'base64').toString() === faulty.xml &&
      /=|^.{4}/.test(other[0]!) &&
      other[0]!.length % 4 === 0;
    if (JSON.stringify(one) !== JSON.stringify(other) && !follows) found.push(`form/${name}`);
  }
  return found;
}

const within = (path: string, touch: string): boolean => `/${path}/`.includes(`/${touch}/`);
/** Parts that change with any other part. */
const consequences = ['DigestValue', 'SignatureValue', 'CipherValue'];

/** Names that SAML and XML themselves write so. */
const camelCase = ['dateTime', 'emailAddress', 'schemaLocation', 'xmlnsID'];

test('phrases and sentences are written in words, not in names of our code', () => {
  const texts = Object.entries(faults).flatMap(([phrase, { sentence }]) => [phrase, sentence]);
  const odd = (text: string): string[] =>
    (text.match(/\b[a-z]+[A-Z]\w*/g) ?? []).filter((word) => !camelCase.includes(word));
  assert.deepEqual(
    texts.filter((text) => odd(text).length > 0),
    [],
  );
});

function thrown(act: () => unknown): UnknownFault {
  try {
    act();
  } catch (error) {
    if (error instanceof UnknownFault) return error;
  }
  return assert.fail('no UnknownFault was thrown');
}

test('the error for an unknown phrase names the three nearest', () => {
  const { message, nearest, known } = thrown(() => arrange('an asertion with an other audience'));
  assert.equal(nearest[0], 'an assertion with a different Audience');
  assert.equal(nearest.length, 3);
  assert.match(message, /^Unknown fault “an asertion with an other audience”\. The nearest are “an assertion with a /);
  assert.equal(known.length, faultPhrases.length + logoutFaultPhrases.length);
});

test('the error for an unknown phrase prints no list of all phrases', () => {
  const printed = inspect(thrown(() => arrange(`${'no such fault '.repeat(100_000)}`)));
  assert.ok(printed.length < 5000, `${printed.length} characters`);
});

describe('the catalogue', () => {
  const all: readonly Fault[] = Object.values(faults);
  const codes = all.map(({ code }) => code);

  test('contains at least 220 faults, each with a unique code', () => {
    assert.ok(faultPhrases.length >= 220, `${faultPhrases.length} faults`);
    assert.deepEqual(
      codes.filter((code, index) => codes.indexOf(code) !== index),
      [],
    );
  });

  test('has phrases that mean one fault each, also inside a sentence', () => {
    for (const phrase of faultPhrases) {
      const fault: Fault = faults[phrase];
      const words = phrase.replace(/\{\w+\}/, '7');
      assert.equal(arrange(words).fault, fault, phrase);
      assert.equal(arrange(words).amount, phrase.includes('{') ? 7 : 0, phrase);
      assert.equal(new RegExp(`^the IdP sends (${faultPattern().source})$`).exec(`the IdP sends ${words}`)?.[1], words);
      assert.doesNotMatch(words, /[(){}/\\]/, 'no character that has a meaning in cucumber expressions');
      assert.equal(/\{(\w+)\}/.exec(phrase)?.[1], fault.amount?.unit, `the amount of “${phrase}” is in its unit`);
    }
  });

  test('has a description, a rule, and a reason for each policy', () => {
    for (const { code, sentence, rule, verdict } of all) {
      assert.match(sentence, /^[A-Z“].*[^.]\.$/, code);
      assert.ok(rule.length > 5, code);
      if (typeof verdict === 'object') assert.match(verdict.because, /^[A-Z].*\.$/, code);
    }
  });

  test('has values on both sides of every boundary', () => {
    for (const { code, amount, verdict } of all)
      if (amount) assert.ok(verdict === 'accept' ? amount.accept.length > 0 : amount.reject.length > 0, code);
  });

  test('contains every protocol fault that an IdP or a man in the middle can send', () => {
    assert.deepEqual(
      sendable.filter((code) => !codes.includes(code)),
      [],
    );
    assert.deepEqual(
      Object.keys(unsendable).filter((code) => codes.includes(code)),
      [],
      'a fault that exists needs no reason for its absence',
    );
    assert.deepEqual(
      Object.values(unsendable)
        .map(([, file]) => file)
        .filter((file) => !existsSync(new URL(`../${file}`, import.meta.url))),
      [],
      'the files that play the others exist',
    );
  });
});

describe('every fault', () => {
  for (const phrase of messages) {
    const fault: Fault = faults[phrase];
    test(phrase, () => {
      const found = differences(run(phrase, fault));
      const touches = fault.touches ?? [];
      const expected = found.filter((path) => touches.some((touch) => within(path, touch)));
      const unexpected = found.filter(
        (path) => !touches.some((touch) => within(path, touch)) && !consequences.some((one) => within(path, one)),
      );
      assert.deepEqual(unexpected, [], 'nothing else changes');
      assert.ok(expected.length > 0, `one of ${touches.join(', ')} changes; changed were ${found.join(', ')}`);
    });
  }
});

/** Codes that the catalogue must contain. */
const sendable = `
  response-id-missing response-id-empty response-version-wrong response-issueinstant-missing
  response-issueinstant-empty response-issueinstant-format response-issueinstant-before-request
  response-issueinstant-future issueinstant-millis issueinstant-timezone-offset in-response-to-missing
  in-response-to-unknown in-response-to-other-session in-response-to-stripped in-response-to-reused
  unsolicited-response
  unsolicited-with-in-response-to destination-missing-signed destination-empty destination-wrong destination-other-sp
  destination-path-case destination-port destination-trailing-slash status-missing status-empty statuscode-missing
  statuscode-empty status-requester status-responder status-versionmismatch status-authnfailed status-nopassive
  status-requestdenied status-noauthncontext status-invalidnameidpolicy status-unknownprincipal
  status-unsupportedbinding status-noavailableidp status-partiallogout status-unknown-top-level
  status-second-level-as-top status-message-html status-error-with-assertion status-success-no-assertion
  user-anomaly-19 user-anomaly-20 user-anomaly-21 user-anomaly-22 user-anomaly-23 user-anomaly-25
  response-issuer-missing response-issuer-empty response-issuer-wrong issuer-format-wrong issuer-whitespace
  issuer-response-assertion-differ root-assertion root-authnrequest root-logoutresponse root-saml11
  consent-extension-elements
  assertion-id-missing assertion-id-empty assertion-version-wrong assertion-issueinstant-missing
  assertion-issueinstant-empty assertion-issueinstant-format assertion-issueinstant-before-request
  assertion-issueinstant-future assertion-issuer-missing assertion-issuer-empty assertion-issuer-wrong subject-missing
  subject-empty nameid-missing nameid-empty nameid-whitespace-only nameid-format-missing nameid-format-wrong
  nameid-spnamequalifier-wrong nameid-is-not-email subjectconfirmation-missing subjectconfirmation-empty
  subjectconfirmation-method-missing subjectconfirmation-method-empty subjectconfirmation-method-wrong
  subjectconfirmation-holder-of-key subjectconfirmation-sender-vouches subjectconfirmation-second-valid
  subjectconfirmationdata-missing recipient-missing recipient-empty recipient-wrong scd-in-response-to-missing
  scd-in-response-to-empty scd-in-response-to-wrong in-response-to-unpaired scd-notonorafter-missing
  scd-notonorafter-empty scd-notonorafter-format scd-notonorafter-past scd-notbefore-present scd-address-mismatch
  conditions-missing conditions-empty conditions-notbefore-future conditions-notbefore-within-skew
  conditions-notonorafter-past conditions-notonorafter-equals-now conditions-window-inverted conditions-time-format
  conditions-time-empty conditions-times-missing audiencerestriction-missing audiencerestriction-empty audience-empty
  audience-missing audience-wrong audience-one-of-many audiencerestriction-two-conflicting audience-trailing-slash
  audience-case audience-whitespace condition-unknown onetimeuse-twice proxyrestriction authnstatement-missing
  authnstatement-empty authncontext-missing authncontext-empty classref-missing classref-empty authncontext-weaker
  authncontext-unknown authninstant-stale-forceauthn authninstant-future authninstant-missing authninstant-format
  session-notonorafter-past session-notonorafter-short sessionindex-missing attributestatement-missing
  attributestatement-empty attribute-empty attribute-without-value attribute-nameformat-missing attribute-unrecognised
  attribute-required-missing attribute-duplicate-name attribute-friendlyname-spoof attribute-multivalued-email
  attribute-nil attribute-xml-content attribute-oversize-256 attribute-embedded-escaped-assertion
  advice-assertion-unsigned advice-assertion-signed advice-assertion-two duplicate-ids
  unsigned-all signed-message-only signed-assertion-only signature-other-key keyinfo-trusted-cert-attacker-sig
  keyinfo-absent keyinfo-keyvalue-only keyinfo-retrievalmethod keyinfo-x509url digest-mismatch signature-value-mangled
  signature-value-empty alg-rsa-sha1 digest-sha1 alg-rsa-md5 alg-dsa rsa-1024 alg-hmac-sha1-public-key
  alg-hmac-sha256-public-key rsa-pss alg-sha512 hmac-truncation c14n-inclusive c14n-with-comments transform-xslt
  transform-xpath transform-unknown transform-too-many reference-uri-empty reference-uri-external
  reference-uri-xpointer reference-uri-missing-id reference-uri-duplicate reference-two reference-wrong-element
  signature-position-wrong signature-two-on-element signature-ds-object signed-message-assertion-sig-bad
  signed-message-first-element-good signedinfo-multiple digestvalue-comment digestvalue-smuggled void-canonicalisation
  error-as-success
  xsw1 xsw2 xsw3 xsw4 xsw5 xsw6 xsw7 xsw8 xsw9 xsw-after-root sibling-response xsw-encrypted xsw-nameid-prefix
  xsw-signed-in-extensions xsw-second-signature xsw-attribute-pollution xsw-doctype-differential entity-hides-nameid
  redirect-request-and-response redirect-two-responses xsw-entity-id attributes-read-from-unsigned
  xsw-namespace-differential xsw-doctype-entity reference-two-forged
  assertion-read-from-unsigned multiple-assertions multiple-roots comment-in-nameid comment-in-attribute
  comment-in-audience comment-in-issuer cdata-in-nameid pi-in-nameid entity-in-nameid doctype-present
  doctype-parser-differential namespace-parser-differential attribute-pollution colon-attribute-roundtrip xxe-file
  xxe-http xxe-parameter billion-laughs quadratic-blowup schemalocation-remote namespace-spoof-response deep-nesting
  many-attributes huge-response xml-encoding-utf16 xml-encoding-iso-8859-1 xml-encoding-utf7 xml-encoding-bom
  nul-characters noncharacter-fffe base64-wrapped base64-url-safe base64-no-padding base64-junk
  encrypted-other-key encrypted-no-key-configured plain-when-encryption-required encrypted-unsigned
  encrypted-inner-signature-bad encrypted-key-mangled encrypted-cipher-mangled encrypted-gcm-tag-mangled enc-rsa-1_5
  enc-aes-cbc enc-3des encryptedkey-sibling encryptedkey-retrievalmethod encryptedkey-nokeyinfo encrypted-nameid
  encrypted-attribute decrypted-response decrypted-garbage decrypted-two-assertions
  samlresponse-missing samlresponse-empty samlresponse-duplicate-param samlresponse-by-get samlresponse-deflated-post
  samlresponse-not-base64 samlresponse-double-base64 samlresponse-urlencoded-twice content-type-wrong
  samlart-unsupported redirect-deflate-bomb relaystate-missing relaystate-changed relaystate-over-80-bytes
  relaystate-open-redirect relaystate-open-redirect-scheme-relative relaystate-open-redirect-backslash
  relaystate-open-redirect-javascript relaystate-xss relaystate-crlf replay-same-response
  replay-new-response-same-assertion login-csrf stolen-to-other-acs cross-tenant-issuer email-domain-confusion
  issuer-known-key-of-other nameid-case-variant nameid-trailing-space nameid-nbsp nameid-unicode-homoglyph nameid-nfkc
  nameid-zero-width nameid-idn-domain nameid-plus-alias nameid-quoted-local nameid-two-at nameid-sql nameid-html
  nameid-4096
`
  .trim()
  .split(/\s+/);

/** Codes that no single response can carry, with the reason and the file that plays them instead. */
const unsendable: Readonly<Record<string, readonly [because: string, playedBy: string]>> = {
  'issuer-format-omitted': ['the correct response omits it', 'support/system-tests/fault-table.test.ts'],
  'nameid-namequalifier-missing': [
    'the correct response has none; the fault nameid-namequalifier sends one',
    'support/system-tests/fault-table.test.ts',
  ],
  'encrypted-ok': [
    'the correct response to an SP that published an encryption certificate',
    'support/system-tests/fault-table.test.ts',
  ],
  'encrypted-second-sp-key': [
    'the SP’s own key rollover: the response is correct for either key',
    'sp/saml/decrypt.test.ts',
  ],
  'encrypted-when-plain-required': [
    'the same message as encrypted-no-key-configured',
    'support/system-tests/acs.test.ts',
  ],
  'alg-ecdsa-sha256': ['the correct response of a tenant whose key is elliptic', 'support/system-tests/acs.test.ts'],
  'signature-second-idp-cert': [
    'the correct response of a tenant after a key rollover, to an SP that knows both',
    'features/connection-test/key-rollover.feature',
  ],
  'signing-cert-expired': [
    'a certificate is a matter of the tenant’s keys and of the SP’s profile; the message is correct',
    'sp/saml/verify.test.ts',
  ],
  'golden-saml': ['signed with the stolen key, it is the correct response byte for byte', 'README.md'],
  'redirect-signature-param-order': [
    'the mock IdP sends no sign-in response by the Redirect binding, only logout messages',
    'sp/saml/logout.test.ts',
  ],
  'redirect-signature-reencoded': ['as above', 'sp/saml/logout.test.ts'],
  'redirect-signature-stripped': ['as above', 'sp/saml/logout.test.ts'],
  'redirect-signature-relaystate-swapped': ['as above', 'sp/saml/logout.test.ts'],
  'redirect-sigalg-missing': ['as above', 'sp/saml/logout.test.ts'],
  'replay-after-restart': [
    'what the SP forgets; the message is that of replay-same-response',
    'support/system-tests/crash.test.ts',
  ],
  'session-fixation': ['a matter of the SP’s cookies', 'support/system-tests/acs.test.ts'],
  'acs-csrf-same-site-strict': ['a matter of the SP’s cookies', 'features/troubleshooting/ended-sessions.feature'],
  'acs-url-injected-in-metadata': [
    'a fault of SP metadata, which the identity provider rejects',
    'mock-idp/app.test.ts',
  ],
  'idp-metadata-swapped': ['a fault of metadata, not of a response', 'sp/saml/metadata.test.ts'],
  'idp-metadata-unsigned': [
    'as above; an administrator hands metadata over, and no signature is asked for',
    'sp/saml/metadata.test.ts',
  ],
  'idp-metadata-expired': ['a fault of metadata', 'sp/saml/metadata.test.ts'],
  'idp-metadata-http': ['a fault of metadata; the SP never fetches any', 'sp/saml/metadata.test.ts'],
  'authnrequest-id-weak': ['a fault of the SP’s request', 'mock-idp/app.test.ts'],
  'authnrequest-reused': ['as above', 'mock-idp/app.test.ts'],
  'authnrequest-signature-absent': ['as above', 'mock-idp/app.test.ts'],
  'logout-*': ['faults of logout messages, not of a sign-in response', 'mock-idp/faults/logout.ts'],
};

/** Content, signatures and encryption of a response in the persona of a product. */
import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import type { ArrangedFault } from '../fault.ts';
import { expand } from '../personas/expand.ts';
import type { Decimals, InPersona, Lines, Plan } from '../personas/persona.ts';
import type { KeyPair } from '../tenants/keys.ts';
import type { Attribute, Claims, ResponseInput } from './claims.ts';
import { type Encryption, encryptionAlgorithms } from './encryption.ts';
import { type Handwriting, handOf } from './handwriting.ts';
import { isOfName } from './known-name.ts';
import { later } from './saml-values.ts';
import { afterIssuer, algorithms, honestSignature, type Signature, type Signing, transform } from './signing.ts';
import {
  child,
  type Element,
  element,
  find,
  type Hand,
  isElement,
  type Node,
  namespaces,
  replaceAt,
  withChildren,
} from './xml.ts';

/** The input with the product's IDs, session index and attributes. */
export function inputInPersona<Input extends ResponseInput & { faults: readonly ArrangedFault[] }>(
  input: Input,
  given: InPersona,
): Input {
  const persona = input.faults.some(isOfName) ? withConfiguredName(given) : given;
  const { plan, seed } = persona;
  const makeId = input.id ?? (() => '');
  const [first, second] = [makeId(), makeId()];
  const response = expand(plan.ids.response, `${first} response`, {}, first);
  const assertion = expand(plan.ids.assertion, `${second} assertion`, {}, first);
  const ids = [response, assertion];
  const { asked, unasked = asked } = plan.sessionIndex;
  const values = {
    assertion,
    request: input.request?.id,
    session: input.sessionIndex,
    milliseconds: String(input.now.getTime()),
    get client() {
      return expand('{guid}', `${seed} ${input.app.entityId}`);
    },
  };
  const sessionIndex = expand(input.request ? asked : unasked, `${input.sessionIndex} session`, values);
  const { elsewhere } = input;
  const forged = elsewhere?.forged;
  return {
    ...input,
    persona,
    id: () => ids.shift() ?? makeId(),
    sessionIndex,
    authnContextClassRef: plan.authnContext || input.authnContextClassRef,
    user: userInPersona(input, persona),
    elsewhere: forged
      ? { ...elsewhere, forged: { ...forged, attributes: attributesInPersona(forged.attributes, input, persona) } }
      : elsewhere,
  };
}

/** A fault of the name needs the name that the administrator has set, not an identifier of the product's. */
const withConfiguredName = (persona: InPersona): InPersona => ({
  ...persona,
  plan: { ...persona.plan, nameId: { ...persona.plan.nameId, value: 'as configured' } },
});

function userInPersona(input: ResponseInput, persona: InPersona): ResponseInput['user'] {
  const { user } = input;
  const { format } = persona.plan.nameId;
  return {
    nameId: nameIdValue(user.nameId, persona),
    nameIdFormat: format === '' ? user.nameIdFormat : format,
    attributes: attributesInPersona(user.attributes, input, persona),
  };
}

function nameIdValue(configured: string, persona: InPersona): string {
  const { value } = persona.plan.nameId;
  if (value === 'username') return persona.username ?? configured;
  if (value === 'principal name') return principalOf(persona) ?? configured;
  return value === 'identifier' ? expand('{guid}', identityOf(persona)) : configured;
}

/** A username with a domain, such as that of a guest with #EXT#. */
const principalOf = ({ username = '' }: InPersona): string | undefined =>
  username.includes('@') ? username : undefined;

const identityOf = ({ seed, username }: InPersona): string => `${seed} user ${username}`;

type Attributes = ResponseInput['user']['attributes'];

/** With the product's names, those that it sends for everyone, and its limit of groups. */
function attributesInPersona(
  attributes: Attributes,
  { issuer, user: { nameId } }: ResponseInput,
  persona: InPersona,
): Attributes {
  const { plan, seed, username = '', attributeNames = [] } = persona;
  const all: Record<string, readonly string[]> = {};
  const given = {
    get tenant() {
      return expand('{guid}', seed);
    },
    get object() {
      return expand('{guid}', identityOf(persona));
    },
    issuer,
    principal: principalOf(persona) ?? nameId,
    displayName: attributes.displayName?.[0] ?? username.replace(/@.*/, ''),
  };
  for (const { name, value } of plan.ownAttributes) all[name] = [expand(value, seed, given)];
  const names = plan.emptyAttributes === 'sent empty' ? attributeNames : Object.keys(attributes);
  for (const name of new Set([...names, ...Object.keys(attributes)]))
    if (!(name === 'displayName' && 'displayName' in all))
      all[plan.attributeNames[name] ?? name] = attributes[name] ?? [];
  if (plan.groups !== 'all') {
    const { name, limit, instead } = plan.groups;
    if ((all[name]?.length ?? 0) > limit) {
      delete all[name];
      all[instead.name] = [expand(instead.value, seed, given)];
    }
  }
  if (plan.emptyAttributes === 'left out') for (const name in all) if (all[name]!.length === 0) delete all[name];
  if (plan.attributeSorting === 'as configured') return all;
  return Object.fromEntries(Object.entries(all).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Changes the claims of an honest response. */
export function claimsInPersona(claims: Claims, input: ResponseInput, persona: InPersona): Claims {
  const { plan } = persona;
  const { delays, decimals, conditions, confirmation, session } = plan;
  const at = (milliseconds: number, places: Decimals | 'zeros' = decimals.usual): string =>
    timeWritten(later(input.now, { seconds: milliseconds / 1000 }), places);
  const condition = delays.conditions ?? 0;
  const isSuccess = input.status === undefined;
  const isComplete = isSuccess || plan.errorResponse.inResponseTo;
  const audiences = plan.audience === 'absent' ? [] : claims.audiences;
  return {
    ...claims,
    responseIssueInstant: at(0, decimals.response),
    assertionIssueInstant: at(delays.assertion ?? 0),
    destination: hasDestination(plan, isSuccess) ? claims.destination : undefined,
    inResponseTo: isComplete ? claims.inResponseTo : undefined,
    consent: plan.consent || undefined,
    responseIssuer: claims.responseIssuer && { ...claims.responseIssuer, format: plan.issuerFormat || undefined },
    assertionIssuer: claims.assertionIssuer && { ...claims.assertionIssuer, format: plan.issuerFormat || undefined },
    nameId: nameIdInPersona(claims, input, plan),
    confirmation: {
      ...claims.confirmation,
      notOnOrAfter: at((delays.confirmation ?? condition) + confirmation * 1000),
      notBefore: plan.confirmationNotBefore ? at(0) : undefined,
      address: plan.subjectAddress ? '127.0.0.1' : undefined,
    },
    conditions: {
      notBefore: at(condition - conditions[0] * 1000),
      notOnOrAfter: at(condition + conditions[1] * 1000),
    },
    audiences: audiences.map((list) => list.map((one) => audienceOf(one, plan))),
    authn: {
      ...claims.authn,
      instant: authnInstantOf(input, plan, at),
      sessionNotOnOrAfter: session === 'never' ? undefined : at(session * 1000),
      authority: plan.authenticatingAuthority ? input.issuer : undefined,
      address: plan.subjectAddress ? '127.0.0.1' : undefined,
    },
    attributes: claims.attributes.flatMap((one) => attributeInPersona(one, plan)),
    hasEmptyAssertion: !isSuccess && plan.errorResponse.emptyAssertion,
    hasMessageInAttribute: plan.errorResponse.messageInAttribute,
    isAttributesFirst: plan.statements === 'attributes first',
  };
}

function nameIdInPersona({ nameId }: Claims, { issuer, app }: ResponseInput, plan: Plan): Claims['nameId'] {
  const { format, value, qualifiers, spQualifier } = plan.nameId;
  if (nameId === undefined || value === 'none' || (value === 'email, or none' && !nameId.value.includes('@')))
    return undefined;
  return {
    ...nameId,
    format: format === 'none' ? undefined : nameId.format,
    ...(qualifiers && { nameQualifier: issuer }),
    ...((qualifiers || spQualifier) && { spNameQualifier: app.entityId }),
  };
}

/** A time with so many decimals of a second. */
export const timeWritten = (date: Date, places: Decimals | 'zeros'): string => {
  const text = date.toISOString();
  if (places === 6) return withMicroseconds(date);
  return places === 3 ? text : text.slice(0, -5) + (places === 0 ? 'Z' : '.000Z');
};

/** The clock has milliseconds only, so the other digits are made of them. */
function withMicroseconds(date: Date): string {
  const milliseconds = date.getUTCMilliseconds();
  const microseconds = milliseconds * 1000 + 1 + ((milliseconds * 7) % 999);
  return `${date.toISOString().slice(0, 19)}${String(microseconds / 1e6).slice(1)}Z`;
}

const hasDestination = ({ destination, signed, errorResponse }: Plan, isSuccess: boolean): boolean => {
  if (!isSuccess) return errorResponse.destination;
  return destination === 'always' || (destination === 'in a signed response' && signed !== 'assertion');
};

function authnInstantOf(
  { authnInstant, now }: ResponseInput,
  { authnInstant: which, decimals, delays, conditions }: Plan,
  at: (milliseconds: number, places?: Decimals | 'zeros') => string,
): string {
  const places = decimals.authnInstant ?? decimals.usual;
  if (which === 'NotBefore') return at((delays.conditions ?? 0) - conditions[0] * 1000, places);
  return at(which === 'issue' ? 0 : authnInstant.getTime() - now.getTime(), places);
}

const audienceOf = (entityId: string, { audience }: Plan): string =>
  audience === 'spn for names' && !/^[a-z][a-z0-9+.-]*:/i.test(entityId) ? `spn:${entityId}` : entityId;

const formatPrefix = 'urn:oasis:names:tc:SAML:2.0:attrname-format:';

function attributeInPersona(attribute: Attribute, plan: Plan): Attribute[] {
  const { attributeFormat, attributeType: type } = plan;
  const format = attributeFormat.of?.[attribute.name ?? ''] ?? attributeFormat.usual;
  const nameFormat = format === 'none' ? undefined : `${formatPrefix}${format}`;
  const one: Attribute = {
    ...attribute,
    nameFormat: format === 'by name' ? attribute.nameFormat : nameFormat,
    type: type === 'none' ? undefined : type,
    isTypeDeclared: plan.typesDeclared === 'on the assertion',
    friendlyName: friendlyNameOf(attribute, plan),
  };
  const { repeatedAttributes: repeated } = plan;
  const isRepeated = repeated === 'all' || repeated.includes(attribute.name ?? '');
  if (!isRepeated || attribute.values.length < 2) return [one];
  return attribute.values.map((value) => ({ ...one, values: [value] }));
}

const friendlyNameOf = ({ name = '' }: Attribute, { friendlyNames }: Plan): string | undefined =>
  friendlyNames === 'as the name' ? name : friendlyNames[name];

/** Signs what the product signs. */
export function signingInPersona(keys: KeyPair, plan: Plan): Signing {
  const { signed } = plan;
  const signature = signed === 'neither' ? undefined : signatureInPersona(keys, plan);
  return {
    assertion: signed === 'response' ? undefined : signature,
    response: signed === 'assertion' ? undefined : signature,
  };
}

const digests = { 'rsa-sha1': algorithms.sha1, 'rsa-sha256': algorithms.sha256, 'rsa-sha512': algorithms.sha512 };
const signatureAlgorithms = {
  'rsa-sha1': algorithms.rsaSha1,
  'rsa-sha256': algorithms.rsaSha256,
  'rsa-sha512': algorithms.rsaSha512,
};

/** The last signature of each key pair. */
const madeSignatures = new WeakMap<KeyPair, { plan: Plan; signature: Signature }>();

/** As a response is signed. */
export function signatureInPersona(keys: KeyPair, plan: Plan): Signature {
  const made = madeSignatures.get(keys);
  if (made?.plan === plan) return made.signature;
  const signature = makeSignature(keys, plan);
  madeSignatures.set(keys, { plan, signature });
  return signature;
}

function makeSignature(keys: KeyPair, plan: Plan): Signature {
  const honest = honestSignature(keys);
  const isRsa = keys.privateKey.asymmetricKeyType === 'rsa';
  return {
    ...honest,
    ...(isRsa && {
      signatureAlgorithm: signatureAlgorithms[plan.signatureAlgorithm],
      digestAlgorithm: digests[plan.signatureAlgorithm],
    }),
    keyInfo: keyInfoParts(keys, plan),
    layout: (part) => laidOut(part, plan),
    place: plan.signaturePlace === 'at the end' ? atTheEnd : afterIssuer,
  };
}

const atTheEnd = (unsigned: Element, signature: Element): Element =>
  withChildren(unsigned, ...unsigned.children, signature);

const listing = new WeakMap<Signature, { prefixList: string; signature: Signature }>();

/** The transforms of a product that lists prefixes where xs is declared. */
export function withPrefixList(signature: Signature, prefixList: string): Signature {
  if (prefixList === '') return signature;
  const made = listing.get(signature);
  if (made?.prefixList === prefixList) return made.signature;
  const listed = element('ec:InclusiveNamespaces', { PrefixList: prefixList });
  const transforms = [transform(algorithms.enveloped), transform(algorithms.exclusive, listed)];
  const other = { ...signature, transforms };
  listing.set(signature, { prefixList, signature: other });
  return other;
}

function keyInfoParts(keys: KeyPair, { keyInfo: parts, lines }: Plan): readonly Node[] {
  const nodes: Element[] = [];
  const addToData = (one: Element): void => {
    const last = nodes.at(-1);
    if (last?.name === 'ds:X509Data') nodes[nodes.length - 1] = withChildren(last, ...last.children, one);
    else nodes.push(element('ds:X509Data', {}, one));
  };
  for (const part of parts) {
    if (part === 'KeyName') nodes.push(element('ds:KeyName', {}, keyNameOf(keys)));
    if (part === 'X509SubjectName') addToData(element('ds:X509SubjectName', {}, subjectOf(keys)));
    if (part === 'X509Certificate')
      addToData(element('ds:X509Certificate', {}, inLinesOf(certificateOf(keys), lines.certificate)));
    if (part === 'KeyValue') nodes.push(keyValueOf(keys, lines.modulus));
  }
  return nodes;
}

const certificateOf = ({ certificate }: KeyPair): string => certificate.replace(/-----[^-]+-----|\s/g, '');
const subjectOf = ({ certificate }: KeyPair): string =>
  new X509Certificate(certificate).subject.split('\n').reverse().join(',');
/** As Keycloak names its keys. */
const keyNameOf = ({ privateKey }: KeyPair): string =>
  createHash('sha256')
    .update(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }))
    .digest('base64url');

function keyValueOf({ privateKey }: KeyPair, modulus: Lines | undefined): Element {
  const { n = '', e = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const base64 = (text: string): string => Buffer.from(text, 'base64url').toString('base64');
  return element(
    'ds:KeyValue',
    {},
    element(
      'ds:RSAKeyValue',
      {},
      element('ds:Modulus', {}, inLinesOf(base64(n), modulus)),
      element('ds:Exponent', {}, modulus?.around ? `\n${base64(e)}\n` : base64(e)),
    ),
  );
}

function inLinesOf(base64: string, lines: Lines | undefined): string {
  if (lines === undefined) return base64;
  const all: string[] = [];
  for (let start = 0; start < base64.length; start += lines.width) all.push(base64.slice(start, start + lines.width));
  const text = all.join(lines.end);
  return lines.around ? `${lines.end}${text}${lines.end}` : text;
}

function laidOut(part: Element, { lines, signatureLayout }: Plan): Element {
  const wrapped =
    lines.signatureValue === undefined
      ? part
      : replaceAt(part, 'ds:SignatureValue', (value) =>
          withChildren(value, inLinesOf(String(value.children[0] ?? ''), lines.signatureValue)),
        );
  if (signatureLayout === 'as xmlseclibs') return asXmlseclibs(wrapped);
  return signatureLayout === 'one line' ? wrapped : inLines(wrapped);
}

/** That library fills in a template with white space, which is signed, too. */
function asXmlseclibs(part: Element): Element {
  const [first, ...others] = part.children;
  if (part.name === 'ds:SignedInfo') return withChildren(part, first, '\n    ', others[0], '\n  ', ...others.slice(1));
  const [value, ...rest] = others;
  return withChildren(part, '\n  ', first, value, ...rest.flatMap((one) => ['\n', one]));
}

/** Line feeds around each child element, at each depth; what is in lines already stays. */
function inLines(node: Element): Element {
  if (!node.children.some(isElement) || node.children[0] === '\n') return node;
  return withChildren(node, '\n', ...node.children.flatMap((one) => [isElement(one) ? inLines(one) : one, '\n']));
}

const contents = {
  'aes128-cbc': encryptionAlgorithms.aes128Cbc,
  'aes256-cbc': encryptionAlgorithms.aes256Cbc,
  'aes128-gcm': encryptionAlgorithms.aes128Gcm,
  'aes256-gcm': encryptionAlgorithms.aes256Gcm,
};

/** How the product encrypts for the certificate of an SP. */
export function encryptionInPersona(honest: Encryption, certificate: string, input: ResponseInput): Encryption {
  const plan = input.persona!.plan.encryption;
  const seed = input.sessionIndex + input.now.getTime();
  const [dataId, keyId] = [expand('_{hex:32}', `${seed} data`), expand('_{hex:32}', `${seed} key`)];
  return {
    ...honest,
    contentAlgorithm: contents[plan.content],
    isDigestNamed: plan.digestMethod,
    assemble({ data, key }) {
      const recipient = recipientOf(certificate, plan.recipient);
      const named = recipient === undefined ? key : afterMethod(key, recipient);
      if (plan.key === 'in the data')
        return element('saml:EncryptedAssertion', {}, data(element('ds:KeyInfo', {}, named)));
      const retrieval = element('ds:RetrievalMethod', { Type: `${namespaces.xenc}EncryptedKey`, URI: `#${keyId}` });
      const encrypted = data(element('ds:KeyInfo', {}, retrieval));
      const reference = element('xenc:ReferenceList', {}, element('xenc:DataReference', { URI: `#${dataId}` }));
      return element(
        'saml:EncryptedAssertion',
        {},
        { ...encrypted, attributes: { Id: dataId, ...encrypted.attributes } },
        { ...named, attributes: { Id: keyId, ...named.attributes }, children: [...named.children, reference] },
      );
    },
  };
}

const afterMethod = (key: Element, keyInfo: Element): Element =>
  withChildren(key, ...key.children.slice(0, 1), keyInfo, ...key.children.slice(1));

function recipientOf(certificate: string, how: Plan['encryption']['recipient']): Element | undefined {
  if (how === 'unnamed') return undefined;
  const { issuer, serialNumber, raw } = new X509Certificate(certificate);
  const named =
    how === 'certificate'
      ? element('ds:X509Certificate', {}, raw.toString('base64').replace(/.{76}(?!$)/g, '$&\n'))
      : element(
          'ds:X509IssuerSerial',
          {},
          element('ds:X509IssuerName', {}, issuer.split('\n').reverse().join(', ')),
          element('ds:X509SerialNumber', {}, BigInt(`0x${serialNumber}`).toString()),
        );
  return element('ds:KeyInfo', {}, element('ds:X509Data', {}, named));
}

/** The product's names, before it is known what is signed. */
export const namesInPersona = (plan: Plan): Hand =>
  kept(plan, 'names', () => handOf({ prefixes: plan.prefixes, emptyTag: plan.emptyTag, declarationsFirst: true }));

const keptHands = new WeakMap<Plan, Map<string, Hand>>();

function kept(plan: Plan, key: string, make: () => Hand): Hand {
  const hands = keptHands.get(plan) ?? new Map<string, Hand>();
  keptHands.set(plan, hands);
  const hand = hands.get(key) ?? make();
  hands.set(key, hand);
  return hand;
}

/** The hand that writes this message; it depends on what is signed in it. */
export function handInPersona(plan: Plan, document: Element, { assertion, response }: Signing): Hand {
  const message: Written = {
    hasTypes: declaresTypes(plan, document),
    isAssertionSigned: assertion !== undefined && child(document, 'saml:Assertion') !== undefined,
    isResponseSigned: response !== undefined,
  };
  return kept(plan, Object.values(message).join(), () => handOf(handwritingOf(plan, message)));
}

interface Written {
  /** True if there are attributes of a persona that declares xs then. */
  hasTypes: boolean;
  isAssertionSigned: boolean;
  isResponseSigned: boolean;
}

/** Of a message of single logout, by the name of its root. */
export const logoutHand = (plan: Plan, name: string): Hand =>
  kept(plan, name, () => {
    if (plan.logout === 'unknown') throw new Error('the messages of single logout are unknown');
    const { declares, order, hasBareIssuer } = plan.logout;
    return handOf({
      ...handwritingOf(plan, { hasTypes: false, isAssertionSigned: false, isResponseSigned: false }),
      ...(hasBareIssuer && name === 'samlp:LogoutResponse' && { inside: { 'saml:Issuer': bare } }),
      declares: { [name]: declares },
      order: { ...plan.attributeOrder, [name]: order },
    });
  });

const bare = { own: { saml: '' }, below: {} };

/** The product's own list of prefixes, where it declares them. */
export function withPrefixLists(plan: Plan, document: Element, { assertion, response }: Signing): Signing {
  if (plan.prefixList === '' || !declaresTypes(plan, document)) return { assertion, response };
  const listing = (signature: Signature | undefined): Signature | undefined =>
    signature && withPrefixList(signature, plan.prefixList);
  return { assertion: listing(assertion), response: listing(response) };
}

const declaresTypes = (plan: Plan, document: Element): boolean =>
  plan.signedElements.declareTypes && find(document, 'saml:Attribute') !== undefined;

function handwritingOf(plan: Plan, { hasTypes: types, isAssertionSigned, isResponseSigned }: Written): Handwriting {
  const { keyInfoPrefixes: keyInfo, signedElements } = plan;
  const onlyResponse = isResponseSigned && !isAssertionSigned;
  const hasInside = keyInfo.own !== keyInfo.below && (keyInfo.of === 'every signature' || onlyResponse);
  const signed = [
    ...(isResponseSigned ? [['samlp:Response', 'samlp'] as const] : []),
    ...(isAssertionSigned ? [['saml:Assertion', 'saml'] as const] : []),
  ];
  const { keyPrefix, keyInfoPrefix } = plan.encryption;
  return {
    prefixes: plan.prefixes,
    inside: {
      ...(hasInside && { 'ds:KeyInfo': { own: { ds: keyInfo.own }, below: { ds: keyInfo.below } } }),
      ...(keyInfoPrefix !== undefined && { 'xenc:EncryptedData': { own: {}, below: { ds: keyInfoPrefix } } }),
      ...(keyPrefix !== undefined && { 'xenc:EncryptedKey': { own: { xenc: keyPrefix }, below: {} } }),
    },
    declares: {
      ...plan.declares,
      ...(types &&
        Object.fromEntries(
          signed.map(([name, prefix]) => [
            name,
            [[plan.prefixes[prefix] ?? prefix, prefix] as const, [plan.prefixes.xs ?? 'xs', 'xs'] as const],
          ]),
        )),
    },
    declareAgainBelow: signedElements.declareAgain ? signed.map(([name]) => name) : undefined,
    order: plan.attributeOrder,
    declarationsFirst: plan.declarations.first,
    declarationsOtherwise: plan.declarations.otherwise,
    emptyTag: plan.emptyTag,
  };
}

/** Builds a response step by step, and lets arranged faults strike at each step. */

import type { ArrangedFault, Strike, Strikes } from '../fault.ts';
import { type Claims, honestClaims, type ResponseInput } from './claims.ts';
import type { Delivery, Form } from './delivery.ts';
import { honestDocument } from './document.ts';
import { type Encryption, encryptAssertion, honestEncryption } from './encryption.ts';
import {
  claimsInPersona,
  encryptionInPersona,
  handInPersona,
  namesInPersona,
  signingInPersona,
  withPrefixLists,
} from './in-persona.ts';
import { isOfName, strikeKnownName } from './known-name.ts';
import {
  atOnce,
  honestSigning,
  inThreadPool,
  type Signatures,
  type Signing,
  signing as signElement,
} from './signing.ts';
import { child, type Element, type Hand, render, replace, writtenBy } from './xml.ts';

export interface BuildInput extends ResponseInput {
  faults: readonly ArrangedFault[];
}

type Step = keyof Strikes;
/** The value that a fault changes at this step. */
type Value<At extends Step> = Parameters<NonNullable<Strikes[At]>>[0];

/**
 * Steps: claims → document → signing → encryption → transit → bytes → encoding → delivery.
 * With a status other than Success, the response has no assertion (SAML core 3.2.2).
 */
export const buildResponse = (input: BuildInput): Delivery => atOnce(work(input));

/** The same, without blocking this thread while a signature is made. */
export const buildResponseInThreadPool = (input: BuildInput): Promise<Delivery> => inThreadPool(work(input));

function work(input: BuildInput): Signatures<Delivery> {
  if (input.persona === undefined) return build(input);
  const { plan } = input.persona;
  const persona = signsBoth(input.faults)
    ? { ...input.persona, plan: { ...plan, signed: 'both' as const } }
    : input.persona;
  return throughout(namesInPersona(plan), build({ ...input, persona }));
}

/** Each step of the work is written by this hand; what others write between the steps is not. */
function* throughout<Result>(hand: Hand, work: Signatures<Result>): Signatures<Result> {
  let step = writtenBy(hand, () => work.next());
  while (!step.done) {
    const octets = yield step.value;
    step = writtenBy(hand, () => work.next(octets));
  }
  return step.value;
}

function* build(input: BuildInput): Signatures<Delivery> {
  const struck = new Set<string>();
  const struckForm = new Set<string>();
  const strike: StrikeAt = (step, honest, claims) => {
    let value = honest;
    for (const { fault, amount, phrase } of input.faults) {
      const change = fault.strikes[step] as ((value: typeof honest, strike: Strike) => typeof honest) | undefined;
      if (change === undefined) continue;
      const before = value;
      value = change(before, { ...input, amount, claims });
      if (value !== before) struck.add(phrase);
      if (step === 'delivery' && isSentOtherwise(before as Form, value as Form)) struckForm.add(phrase);
    }
    return value;
  };

  const honest = claimsFor(input);
  const claims = strike('claims', honest, honest);
  const struckDocument = strike('document', honestDocument(claims), claims);
  const document = strikeKnownName(struckDocument, input);
  if (document !== struckDocument) for (const { phrase } of input.faults.filter(isOfName)) struck.add(phrase);
  const signing = strike('signing', signingFor(input, document), claims);
  const encryption = strike('encryption', encryptionFor(input), claims);
  const sending = send({ input, claims, sealed: seal(document, signing, encryption), strike });
  const { plan } = input.persona ?? {};
  const { form, xml } = yield* plan ? throughout(handInPersona(plan, document, signing), sending) : sending;
  return { ...form, xml: xml.toString(), struck: [...struck], struckForm: [...struckForm] };
}

type StrikeAt = <At extends Step>(step: At, honest: Value<At>, claims: Claims) => Value<At>;

interface ToSend {
  input: BuildInput;
  claims: Claims;
  sealed: Signatures<Element>;
  strike: StrikeAt;
}

/** Not inside `build`: what a generator function made is kept until the next full garbage collection. */
function* send({ input, claims, sealed, strike }: ToSend): Signatures<{ form: Form; xml: string | Buffer }> {
  const sent = strike('transit', yield* sealed, claims);
  const xml = withDeclaration(strike('bytes', render(sent), claims), input);
  const field = strike('encoding', Buffer.from(xml).toString('base64'), claims);
  return { xml, form: strike('delivery', honestForm(field, input), claims) };
}

const claimsFor = (input: ResponseInput): Claims =>
  input.persona ? claimsInPersona(honestClaims(input), input, input.persona) : honestClaims(input);

const signingFor = ({ keys, persona }: BuildInput, document: Element): Signing =>
  persona ? withPrefixLists(persona.plan, document, signingInPersona(keys, persona.plan)) : honestSigning(keys);

/** True for faults of signatures, of what only signed responses have, or after signing: they need both signatures. */
export const signsBoth = (faults: readonly ArrangedFault[]): boolean =>
  faults.some(
    ({ fault: { strikes, signedProperly, touches } }) =>
      strikes.signing !== undefined ||
      strikes.transit !== undefined ||
      signedProperly === false ||
      touches?.some(isOfSignature),
  );

const isOfSignature = (path: string): boolean =>
  /Signature|Signed|Transform|Canonicalization|KeyInfo|@Destination/.test(path);

function encryptionFor(input: BuildInput): Encryption | undefined {
  const { encryptionCertificate: certificate } = input.app;
  const honest = honestEncryption(certificate);
  return honest && input.persona ? encryptionInPersona(honest, certificate!, input) : honest;
}

/** The XML declaration of the persona, unless a fault has written one or another encoding. */
function withDeclaration(xml: string | Buffer, { persona }: BuildInput): string | Buffer {
  const declaration = persona?.plan.declaration ?? '';
  if (declaration === '' || /^(\uFEFF?<\?xml\s|\uFFFD)/.test(xml.toString())) return xml;
  if (typeof xml === 'string')
    return xml.startsWith('\uFEFF') ? `\uFEFF${declaration}${xml.slice(1)}` : declaration + xml;
  return Buffer.concat([Buffer.from(declaration), xml]);
}

const isSentOtherwise = (one: Form, other: Form): boolean =>
  one.method !== other.method || one.contentType !== other.contentType || one.copies !== other.copies;

/**
 * Signs the assertion, encrypts it, and signs the response around it.
 * In this order both signatures can be verified (SAML core 5.4, 6.2).
 */
function* seal(
  document: Element,
  { assertion, response }: Signing,
  encryption: Encryption | undefined,
): Signatures<Element> {
  let sealed = document;
  if (assertion && child(sealed, 'saml:Assertion')) {
    const signed = new Map<Element, Element>();
    for (const plain of assertionsIn(sealed)) signed.set(plain, yield* signElement(plain, assertion));
    sealed = replace(sealed, 'saml:Assertion', (plain) => signed.get(plain));
  }
  if (encryption && child(sealed, 'saml:Assertion'))
    sealed = replace(sealed, 'saml:Assertion', (plain) => encryptAssertion(plain, encryption));
  return response ? yield* signElement(sealed, response) : sealed;
}

function assertionsIn(document: Element): Element[] {
  const found: Element[] = [];
  replace(document, 'saml:Assertion', (one) => {
    found.push(one);
    return one;
  });
  return found;
}

/** The form of the HTTP POST binding (SAML bindings 3.5). */
const honestForm = (field: string, { app, relayState }: ResponseInput): Form => ({
  action: app.acsUrl,
  method: 'post',
  contentType: 'application/x-www-form-urlencoded',
  fields: [['SAMLResponse', field], ...(relayState === undefined ? [] : [['RelayState', relayState] as const])],
  copies: 1,
});

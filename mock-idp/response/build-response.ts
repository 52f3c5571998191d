/** Builds a response step by step, and lets arranged faults strike at each step. */

import type { ArrangedFault, Strike, Strikes } from '../fault.ts';
import { type Claims, honestClaims, type ResponseInput } from './claims.ts';
import type { Delivery, Form } from './delivery.ts';
import { honestDocument } from './document.ts';
import { type Encryption, encryptAssertion, honestEncryption } from './encryption.ts';
import { isOfName, strikeKnownName } from './known-name.ts';
import {
  atOnce,
  honestSigning,
  inThreadPool,
  type Signatures,
  type Signing,
  signing as signElement,
} from './signing.ts';
import { child, type Element, render, replace } from './xml.ts';

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
export const buildResponse = (input: BuildInput): Delivery => atOnce(build(input));

/** The same, without blocking this thread while a signature is made. */
export const buildResponseInThreadPool = (input: BuildInput): Promise<Delivery> => inThreadPool(build(input));

function* build(input: BuildInput): Signatures<Delivery> {
  const struck = new Set<string>();
  const struckForm = new Set<string>();
  const strike = <At extends Step>(step: At, honest: Value<At>, claims: Claims): Value<At> => {
    let value = honest;
    for (const { fault, amount, phrase } of input.faults) {
      const change = fault.strikes[step] as ((value: Value<At>, strike: Strike) => Value<At>) | undefined;
      if (change === undefined) continue;
      const before = value;
      value = change(before, { ...input, amount, claims });
      if (value !== before) struck.add(phrase);
      if (step === 'delivery' && isSentOtherwise(before as Form, value as Form)) struckForm.add(phrase);
    }
    return value;
  };

  const honest = honestClaims(input);
  const claims = strike('claims', honest, honest);
  const struckDocument = strike('document', honestDocument(claims), claims);
  const document = strikeKnownName(struckDocument, input);
  if (document !== struckDocument) for (const { phrase } of input.faults.filter(isOfName)) struck.add(phrase);
  const signing = strike('signing', honestSigning(input.keys), claims);
  const encryption = strike('encryption', honestEncryption(input.app.encryptionCertificate), claims);
  const sent = strike('transit', yield* seal(document, signing, encryption), claims);
  const xml = strike('bytes', render(sent), claims);
  const field = strike('encoding', Buffer.from(xml).toString('base64'), claims);
  const form = strike('delivery', honestForm(field, input), claims);
  return { ...form, xml: xml.toString(), struck: [...struck], struckForm: [...struckForm] };
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

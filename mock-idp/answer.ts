/** The honest answer to an AuthnRequest, step by step, and the places where an arranged fault may strike; it decides nothing about who may sign in. */
import { randomBytes } from 'node:crypto';
import { type Encryption, encryptAssertion, honestEncryption } from './encryption.ts';
import type { Fault } from './fault.ts';
import type { KeyPair } from './keys.ts';
import { honestSignature, type Signature, sign } from './signing.ts';
import { child, type Element, element, type Node, render, replace } from './xml.ts';

export const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol';
export const statusCode = (name: string): string => `urn:oasis:names:tc:SAML:2.0:status:${name}`;
export const nameIdFormats = {
  emailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
  entity: 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity',
} as const;
export const authnContexts = {
  passwordProtectedTransport: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  password: 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password',
  unspecified: 'urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified',
} as const;

/** All that an answer is made of. Times are the tenant's own. */
export interface AnswerInput {
  /** The tenant's entity ID. */
  issuer: string;
  keys: KeyPair;
  /** A key pair that no SP trusts, for forgeries. */
  stranger: KeyPair;
  app: { entityId: string; acsUrl: string; encryptionCertificate?: string | undefined };
  /** Present when an AuthnRequest is answered; absent for an answer that nobody asked for. */
  request?: { id: string } | undefined;
  relayState?: string | undefined;
  user: { nameId: string; nameIdFormat: string; attributes: Readonly<Record<string, readonly string[]>> };
  /** An honest refusal: no assertion goes out. `code` and `second` are the last parts of the status URIs (SAML core 3.2.2.2). */
  status?: { code: string; second?: string | undefined; message?: string | undefined } | undefined;
  now: Date;
  authnInstant: Date;
  sessionIndex: string;
  authnContextClassRef: string;
  faults: readonly ArrangedFault[];
  /** Makes the IDs of the response and of the assertion, in this order; random when nobody says otherwise. */
  id?: (() => string) | undefined;
  /** What a fault may need to know of the rest of this identity provider: another app's ACS, another request still unanswered, the answer before this one. */
  elsewhere?:
    | {
        acsUrl?: string | undefined;
        entityId?: string | undefined;
        requestId?: string | undefined;
        previous?: Delivery | undefined;
      }
    | undefined;
}

/** A fault as somebody arranged it; the amount is in the fault's own unit. */
export interface ArrangedFault {
  phrase: string;
  fault: Fault;
  amount: number;
}

/** What is said, before it is XML. An undefined value is left out of the message, an empty one is written empty. */
export interface Claims {
  responseId: string | undefined;
  assertionId: string | undefined;
  version: string | undefined;
  assertionVersion: string | undefined;
  responseIssueInstant: string | undefined;
  assertionIssueInstant: string | undefined;
  destination: string | undefined;
  inResponseTo: string | undefined;
  responseIssuer: Issuer | undefined;
  assertionIssuer: Issuer | undefined;
  status: { code: string | undefined; second?: string | undefined; message?: string | undefined } | undefined;
  nameId:
    | {
        value: string;
        format: string | undefined;
        nameQualifier?: string | undefined;
        spNameQualifier?: string | undefined;
      }
    | undefined;
  confirmation: {
    method: string | undefined;
    recipient: string | undefined;
    inResponseTo: string | undefined;
    notOnOrAfter: string | undefined;
    notBefore: string | undefined;
    address: string | undefined;
  };
  conditions: { notBefore: string | undefined; notOnOrAfter: string | undefined };
  /** One list for each saml:AudienceRestriction: within one any may match, but all of them must (SAML core 2.5.1.4). */
  audiences: readonly (readonly string[])[];
  authn: {
    instant: string | undefined;
    sessionIndex: string | undefined;
    sessionNotOnOrAfter: string | undefined;
    classRef: string | undefined;
  };
  attributes: readonly Attribute[];
}

export interface Issuer {
  value: string;
  format?: string | undefined;
}

export interface Attribute {
  name: string | undefined;
  nameFormat: string | undefined;
  friendlyName?: string | undefined;
  values: readonly Node[];
}

/** Which elements are signed, and how. An undefined signature leaves the element unsigned. */
export interface Signing {
  assertion: Signature | undefined;
  response: Signature | undefined;
}

/** The form that the visitor's browser posts. */
export interface Form {
  action: string;
  method: 'post' | 'get';
  contentType: string;
  fields: readonly (readonly [name: string, value: string])[];
  /** How often the browser posts it. */
  copies: number;
}

export interface Delivery extends Form {
  /** The message as text, as it was before its transport encoding. */
  xml: string;
  /** Phrases of the arranged faults that changed something. */
  struck: readonly string[];
}

/** What the strike of a fault may look at. */
export interface Strike extends AnswerInput {
  amount: number;
  claims: Claims;
}

/** Minutes that an answer stands. */
const lifetime = 5;

/**
 * The answer with all its steps: claims → document → signing → encryption → transit → bytes → delivery.
 * A status other than Success leaves the assertion out (SAML core 3.2.2).
 */
export function answer(input: AnswerInput): Delivery {
  const struck = new Set<string>();
  let said: Claims;
  const strike = <Step extends keyof Fault['strikes'] & string, Value>(step: Step, value: Value): Value => {
    let changed = value;
    for (const { fault, amount, phrase } of input.faults) {
      const change = fault.strikes[step] as ((value: Value, strike: Strike) => Value) | undefined;
      if (change === undefined) continue;
      const before = changed;
      changed = change(changed, { ...input, amount, claims: said });
      if (changed !== before) struck.add(phrase);
    }
    return changed;
  };

  said = honestClaims(input);
  said = strike('claims', said);
  const document = strike('document', honestDocument(said));
  const signing = strike<'signing', Signing>('signing', {
    assertion: honestSignature(input.keys),
    response: honestSignature(input.keys),
  });
  const encryption = strike<'encryption', Encryption | undefined>(
    'encryption',
    honestEncryption(input.app.encryptionCertificate),
  );
  const sent = strike('transit', seal(document, signing, encryption));
  const xml = strike<'bytes', string | Buffer>('bytes', render(sent));
  const encoded = strike('encoding', Buffer.from(xml).toString('base64'));
  const form = strike<'delivery', Form>('delivery', {
    action: input.app.acsUrl,
    method: 'post',
    contentType: 'application/x-www-form-urlencoded',
    fields: [
      ['SAMLResponse', encoded],
      ...(input.relayState === undefined ? [] : [['RelayState', input.relayState] as const]),
    ],
    copies: 1,
  });
  return { ...form, xml: xml.toString(), struck: [...struck] };
}

export function honestClaims({
  issuer,
  app,
  request,
  user,
  status,
  now,
  authnInstant,
  sessionIndex,
  authnContextClassRef,
  id = randomId,
}: AnswerInput): Claims {
  const end = instant(later(now, { minutes: lifetime }));
  return {
    responseId: id(),
    assertionId: id(),
    version: '2.0',
    assertionVersion: '2.0',
    responseIssueInstant: instant(now),
    assertionIssueInstant: instant(now),
    destination: app.acsUrl,
    inResponseTo: request?.id,
    responseIssuer: { value: issuer },
    assertionIssuer: { value: issuer },
    status: status
      ? { code: statusCode(status.code), second: status.second && statusCode(status.second), message: status.message }
      : { code: statusCode('Success') },
    nameId: { value: user.nameId, format: user.nameIdFormat },
    confirmation: {
      method: 'urn:oasis:names:tc:SAML:2.0:cm:bearer',
      recipient: app.acsUrl,
      inResponseTo: request?.id,
      notOnOrAfter: end,
      notBefore: undefined,
      address: undefined,
    },
    conditions: { notBefore: instant(now), notOnOrAfter: end },
    audiences: [[app.entityId]],
    authn: {
      instant: instant(authnInstant),
      sessionIndex,
      sessionNotOnOrAfter: undefined,
      classRef: authnContextClassRef,
    },
    attributes: Object.entries(user.attributes).map(([name, values]) => ({
      name,
      nameFormat: attributeNameFormat(name),
      values,
    })),
  };
}

export function honestDocument(claims: Claims): Element {
  return element(
    'samlp:Response',
    {
      ID: claims.responseId,
      Version: claims.version,
      IssueInstant: claims.responseIssueInstant,
      Destination: claims.destination,
      InResponseTo: claims.inResponseTo,
    },
    issuerElement(claims.responseIssuer),
    claims.status &&
      element(
        'samlp:Status',
        {},
        claims.status.code === undefined
          ? undefined
          : element(
              'samlp:StatusCode',
              { Value: claims.status.code },
              claims.status.second === undefined
                ? undefined
                : element('samlp:StatusCode', { Value: claims.status.second }),
            ),
        claims.status.message === undefined ? undefined : element('samlp:StatusMessage', {}, claims.status.message),
      ),
    claims.status?.code === statusCode('Success') || claims.status?.code === undefined
      ? assertionElement(claims)
      : undefined,
  );
}

export function assertionElement(claims: Claims): Element {
  const { confirmation, conditions, authn } = claims;
  return element(
    'saml:Assertion',
    { ID: claims.assertionId, Version: claims.assertionVersion, IssueInstant: claims.assertionIssueInstant },
    issuerElement(claims.assertionIssuer),
    element(
      'saml:Subject',
      {},
      claims.nameId &&
        element(
          'saml:NameID',
          {
            Format: claims.nameId.format,
            NameQualifier: claims.nameId.nameQualifier,
            SPNameQualifier: claims.nameId.spNameQualifier,
          },
          claims.nameId.value,
        ),
      element(
        'saml:SubjectConfirmation',
        { Method: confirmation.method },
        element('saml:SubjectConfirmationData', {
          InResponseTo: confirmation.inResponseTo,
          NotBefore: confirmation.notBefore,
          NotOnOrAfter: confirmation.notOnOrAfter,
          Recipient: confirmation.recipient,
          Address: confirmation.address,
        }),
      ),
    ),
    element(
      'saml:Conditions',
      { NotBefore: conditions.notBefore, NotOnOrAfter: conditions.notOnOrAfter },
      ...claims.audiences.map((audiences) =>
        element('saml:AudienceRestriction', {}, ...audiences.map((audience) => element('saml:Audience', {}, audience))),
      ),
    ),
    element(
      'saml:AuthnStatement',
      { AuthnInstant: authn.instant, SessionIndex: authn.sessionIndex, SessionNotOnOrAfter: authn.sessionNotOnOrAfter },
      element(
        'saml:AuthnContext',
        {},
        authn.classRef === undefined ? undefined : element('saml:AuthnContextClassRef', {}, authn.classRef),
      ),
    ),
    claims.attributes.length === 0
      ? undefined
      : element('saml:AttributeStatement', {}, ...claims.attributes.map(attributeElement)),
  );
}

export const attributeElement = ({ name, nameFormat, friendlyName, values }: Attribute): Element =>
  element(
    'saml:Attribute',
    { Name: name, NameFormat: nameFormat, FriendlyName: friendlyName },
    ...values.map((value) => element('saml:AttributeValue', {}, value)),
  );

const issuerElement = (issuer: Issuer | undefined): Element | undefined =>
  issuer && element('saml:Issuer', { Format: issuer.format }, issuer.value);

/** Signs the assertion, encrypts it, and signs the message around it: the order that lets both signatures stand (SAML core 5.4, 6.2). */
function seal(document: Element, { assertion, response }: Signing, encryption: Encryption | undefined): Element {
  let sealed = document;
  if (assertion && child(sealed, 'saml:Assertion'))
    sealed = replaceChild(sealed, 'saml:Assertion', (plain) => sign(plain, assertion));
  if (encryption && child(sealed, 'saml:Assertion'))
    sealed = replaceChild(sealed, 'saml:Assertion', (plain) => encryptAssertion(plain, encryption));
  return response ? sign(sealed, response) : sealed;
}

const replaceChild = (parent: Element, name: string, change: (found: Element) => Element): Element =>
  replace(parent, name, change);

/** A random ID of 160 bits that is a valid xs:ID (SAML core 1.3.4). */
export const randomId = (): string => `_${randomBytes(20).toString('hex')}`;

/** UTC without fractions, the form that every peer reads (SAML core 1.3.3). */
export const instant = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');

export const later = (date: Date, { seconds = 0, minutes = 0 }: { seconds?: number; minutes?: number }): Date =>
  new Date(date.getTime() + (seconds + minutes * 60) * 1000);

/** Names that are URIs say so; all others are plain (SAML core 8.2). */
const attributeNameFormat = (name: string): string =>
  `urn:oasis:names:tc:SAML:2.0:attrname-format:${name.includes(':') ? 'uri' : 'basic'}`;

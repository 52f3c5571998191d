/** The content of a response before it is XML, and the correct claims for a sign-in. */

import type { InPersona } from '../personas/persona.ts';
import type { KeyPair } from '../tenants/keys.ts';
import type { Delivery } from './delivery.ts';
import { instant, later, randomId, statusCode } from './saml-values.ts';
import type { Node } from './xml.ts';

/** Input from which a response is built, without faults. Times are on the tenant's clock. */
export interface ResponseInput {
  /** The tenant's entity ID. */
  issuer: string;
  keys: KeyPair;
  /** A key pair that no SP trusts, for forged signatures. */
  untrustedKeys: KeyPair;
  app: { entityId: string; acsUrl: string; encryptionCertificate?: string | undefined; knownBy?: string | undefined };
  /** The AuthnRequest to respond to; absent for an unsolicited response. */
  request?: { id: string } | undefined;
  relayState?: string | undefined;
  user: { nameId: string; nameIdFormat: string; attributes: Readonly<Record<string, readonly string[]>> };
  /**
   * An error status: the response carries no assertion.
   * `code` and `second` are the last parts of the status URIs (SAML core 3.2.2.2).
   */
  status?: { code: string; second?: string | undefined; message?: string | undefined } | undefined;
  now: Date;
  authnInstant: Date;
  sessionIndex: string;
  authnContextClassRef: string;
  /** The product in whose persona the response is; its claims and its writing follow its plan. */
  persona?: InPersona | undefined;
  /** Makes the IDs of the response and of the assertion, in this order; random by default. */
  id?: (() => string) | undefined;
  /**
   * Other state of this tenant that faults use:
   * another app's ACS URL and entity ID, another pending request, the previous response, and the user that forged
   * content names.
   */
  elsewhere?:
    | {
        acsUrl?: string | undefined;
        entityId?: string | undefined;
        requestId?: string | undefined;
        previous?: Delivery | undefined;
        forged?: { nameId: string; attributes: Readonly<Record<string, readonly string[]>> } | undefined;
      }
    | undefined;
}

/** An undefined value is omitted, an empty one is written empty. */
export interface Claims {
  responseId: string | undefined;
  assertionId: string | undefined;
  version: string | undefined;
  assertionVersion: string | undefined;
  responseIssueInstant: string | undefined;
  assertionIssueInstant: string | undefined;
  destination: string | undefined;
  inResponseTo: string | undefined;
  /** samlp:Response/@Consent. */
  consent?: string | undefined;
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
  /** One list per saml:AudienceRestriction. All must match, each by any of its audiences (SAML core 2.5.1.4). */
  audiences: readonly (readonly string[])[];
  authn: {
    instant: string | undefined;
    sessionIndex: string | undefined;
    sessionNotOnOrAfter: string | undefined;
    classRef: string | undefined;
    /** saml:AuthenticatingAuthority. */
    authority?: string | undefined;
    /** saml:SubjectLocality/@Address. */
    address?: string | undefined;
  };
  attributes: readonly Attribute[];
  /** True if an error response has an Assertion without content. */
  hasEmptyAssertion?: boolean | undefined;
  /** True if the text of samlp:StatusMessage is in its attribute Value. */
  hasMessageInAttribute?: boolean | undefined;
  /** True if the saml:AttributeStatement comes before the saml:AuthnStatement. */
  isAttributesFirst?: boolean;
}

export interface Issuer {
  value: string;
  format?: string | undefined;
}

export interface Attribute {
  name: string | undefined;
  nameFormat: string | undefined;
  friendlyName?: string | undefined;
  /** xsi:type of its values, and true if its namespaces are declared further up. */
  type?: string | undefined;
  isTypeDeclared?: boolean;
  values: readonly Node[];
}

/** Validity of a response, in minutes. */
const lifetime = 5;

/** Without regard to a persona. */
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
}: ResponseInput): Claims {
  const start = instant(now);
  const end = instant(later(now, { minutes: lifetime }));
  return {
    responseId: id(),
    assertionId: id(),
    version: '2.0',
    assertionVersion: '2.0',
    responseIssueInstant: start,
    assertionIssueInstant: start,
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
    conditions: { notBefore: start, notOnOrAfter: end },
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

/** uri for names that are URIs, basic for others (SAML core 8.2). */
const attributeNameFormat = (name: string): string =>
  `urn:oasis:names:tc:SAML:2.0:attrname-format:${name.includes(':') ? 'uri' : 'basic'}`;

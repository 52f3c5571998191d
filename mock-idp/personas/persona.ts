/**
 * The shape of a persona: how one identity product writes, what it sends, and how it rejects. It is data: each fact has
 * its mark, source and year. A fact that was not seen is absent; the plan then takes the neutral default.
 */
import type { Declaration } from '../response/handwriting.ts';
import type { PersonaCode } from './codes.ts';
import type { Source } from './sources.ts';

/**
 * How a fact is known: from a captured message, the product’s own source code or documentation, or as reported by
 * others in an issue or a guide.
 */
export type Mark = 'captured' | 'source' | 'documented' | 'reported';

export interface Fact<Value> {
  value: Value;
  mark: Mark;
  source: Source;
  /** Of the capture, or of the text; of a text without a date, that in which it was read. */
  year: number;
  /** Other values that were seen, and their circumstances. */
  note?: string | undefined;
}

export interface Persona {
  /** Stable; `okta`, `keycloak-26`. */
  code: PersonaCode;
  /** `Okta`. */
  name: string;
  /** Other names, in lower case. */
  alsoNamed?: readonly string[] | undefined;
  /** Year of the newest message or source code that was seen; of the documentation if it is thin. */
  evidence: number;
  /** True where no message of the product was seen, neither captured nor in its source. */
  thin?: true;
  facts: Facts;
  /** Facts until its administrator has set them. A service provider must reject a response with them. */
  untilSetUp?: Facts | undefined;
  /** Facts for those who connect it. */
  notes?: readonly Fact<string>[] | undefined;
}

/** Settings of which parts may be known; the plan takes the neutral default for the other parts. */
export type InParts = 'metadata' | 'encryption';

export type Facts = {
  readonly [Key in keyof Plan]?: Fact<Key extends InParts ? Partial<Plan[Key]> : Plan[Key]> | undefined;
};

export type Signed = 'assertion' | 'response' | 'both' | 'neither';
export type KeyInfoPart = 'KeyName' | 'X509SubjectName' | 'X509Certificate' | 'KeyValue';

/** Lines of base64: characters in one, and what is between them. */
export interface Lines {
  width: number;
  end: '\n' | '\r\n';
  /** True if there is also a line feed before and after, and around what is next to it. */
  around?: boolean | undefined;
}

/** Seconds before and after the time of issue. */
export type Period = readonly [before: number, after: number];

/** A template; see expand.ts for its placeholders. */
export type Template = string;

/** Reasons to end a sign-in: at the product's own page, or with a status that the application receives. */
export type Cause =
  | 'not-assigned'
  | 'app-unknown'
  | 'acs-not-registered'
  | 'no-passive'
  | 'name-id-policy'
  | 'authn-context'
  | 'cancelled';

export type Rejection =
  | {
      page: {
        heading: string;
        code?: string | undefined;
        sentences?: readonly string[] | undefined;
        status?: number | undefined;
      };
    }
  | { status: { code: string; second?: string | undefined; message?: Template | undefined } };

/** Everything that a persona decides. The names are those that an override uses. */
export interface Plan {
  // Addresses
  entityId: Template;
  /** Where the product itself listens; for the documents only. */
  ssoAddress: string;
  sloAddress: string;
  metadata: MetadataPlan;

  // Writing
  /** The XML declaration, with what is between it and the root; empty for none. */
  declaration: string;
  /** The product's prefix by ours (`samlp`, `saml`, `ds`, `xenc`); empty for a default namespace. */
  prefixes: Readonly<Record<string, string>>;
  /** Other prefixes of ds:KeyInfo and of its content. */
  keyInfoPrefixes: { own: string; below: string; of: 'every signature' | 'a signed response' };
  /** Declarations by element, even of what is in scope already. */
  declares: Readonly<Record<string, readonly Declaration[]>>;
  /** Signed elements declare xs if there are attributes, and their children declare their own prefix again. */
  signedElements: { declareTypes: boolean; declareAgain: boolean };
  declarations: { first: boolean; otherwise?: readonly string[] | undefined };
  /** By element; the others are in alphabetical order. */
  attributeOrder: Readonly<Record<string, readonly string[]>>;
  emptyTag: '/>' | ' />' | '><';

  // Signatures
  signed: Signed;
  /** The last part of the algorithm's name. */
  signatureAlgorithm: 'rsa-sha1' | 'rsa-sha256' | 'rsa-sha512';
  prefixList: string;
  keyInfo: readonly KeyInfoPart[];
  lines: { signatureValue?: Lines | undefined; certificate?: Lines | undefined; modulus?: Lines | undefined };
  /** White space between the elements of ds:Signature. */
  signatureLayout: 'one line' | 'a line for each element' | 'as xmlseclibs';
  signaturePlace: 'after the issuer' | 'at the end';

  // IDs and times
  ids: { response: Template; assertion: Template };
  /** Without a request: `unasked`. */
  sessionIndex: { asked: Template; unasked?: Template | undefined };
  /** Decimals of seconds, also of `authnInstant`. */
  decimals: { usual: Decimals; response?: Decimals | undefined; authnInstant?: Decimals | 'zeros' | undefined };
  /** Milliseconds by which a time is later than the response's IssueInstant. */
  delays: { assertion?: number | undefined; conditions?: number | undefined; confirmation?: number | undefined };
  conditions: Period;
  confirmation: number;
  /** SessionNotOnOrAfter in seconds; `never` for none. */
  session: number | 'never';
  authnInstant: 'of the session' | 'NotBefore' | 'issue';

  // Content
  destination: 'always' | 'in a signed response' | 'never';
  consent: string;
  issuerFormat: string;
  nameId: {
    format: string;
    value: 'as configured' | 'username' | 'principal name' | 'identifier' | 'email, or none' | 'none';
    qualifiers?: boolean | undefined;
    spQualifier?: boolean | undefined;
  };
  /** SubjectConfirmationData/@NotBefore. */
  confirmationNotBefore: boolean;
  subjectAddress: boolean;
  statements: 'authn first' | 'attributes first';
  authnContext: string;
  authenticatingAuthority: boolean;
  audience: 'as registered' | 'spn for names' | 'absent';

  // Attributes
  /** The product's name by a common one (`email`, `firstName`, `lastName`, `displayName`, `groups`, `role`). */
  attributeNames: Readonly<Record<string, string>>;
  /** FriendlyName by the product's name. */
  friendlyNames: Readonly<Record<string, string>> | 'as the name';
  /** Sent for each user, before the others. */
  ownAttributes: readonly { name: string; value: Template }[];
  attributeFormat: { usual: NameFormat; of?: Readonly<Record<string, NameFormat>> | undefined };
  attributeType: 'none' | 'xs:string' | 'xs:anyType';
  /** The place where xs and xsi are declared. */
  typesDeclared: 'on each value' | 'on the assertion';
  /** Attributes with one Attribute element for each value; others have several values in one. */
  repeatedAttributes: readonly string[] | 'all';
  /** Of a user without a value for an attribute that others have. */
  emptyAttributes: 'left out' | 'sent empty';
  attributeSorting: 'as configured' | 'by name';
  /** Beyond the limit, another attribute is in the place of the groups. */
  groups: { name: string; limit: number; instead: { name: string; value: Template } } | 'all';

  encryption: EncryptionPlan;
  /** LogoutRequest and LogoutResponse; unknown ones are written as without a persona. */
  logout: LogoutPlan | 'unknown';

  // Around the response
  rejections: { readonly [One in Cause]?: Rejection | undefined };
  /** Of a status without an assertion. */
  errorResponse: {
    destination: boolean;
    inResponseTo: boolean;
    emptyAssertion?: boolean | undefined;
    /** The text of samlp:StatusMessage is in an attribute Value, which SAML does not define. */
    messageInAttribute?: boolean | undefined;
  };
  request: { ignores: readonly Ignored[]; demands: readonly Demand[] };
  login: {
    heading?: string | undefined;
    username: string;
    password: string;
    hidden?: Readonly<Record<string, string>> | undefined;
  };
  /** True if the next certificate is used by itself as soon as the current one has expired. */
  switchesCertificate: boolean;
}

/** 6: microseconds without zeros at the end, as Go's library writes them. */
export type Decimals = 0 | 3 | 6;

/** `by name`: uri for names that are URIs, and basic for others. */
export type NameFormat = 'none' | 'basic' | 'unspecified' | 'uri' | 'by name';
export type Ignored = 'Destination' | 'IssueInstant' | 'signature' | 'RequestedAuthnContext';
export type Demand = 'no digit first in ID';

export interface MetadataPlan {
  declaration: string;
  prefix: string;
  id?: Template | undefined;
  wantAuthnRequestsSigned: boolean | 'absent';
  nameIdFormats: readonly string[];
  signOn: readonly ('redirect' | 'post')[];
  logout: readonly ('redirect' | 'post')[];
  validUntil: 'absent' | 'end of the certificate';
  /** A second certificate for signing, of a key with which no response is signed. */
  otherCertificate: 'absent' | 'after its own';
  signed: boolean;
  emptyTag: '/>' | ' />' | '><';
}

/** IDs, times, prefixes, Issuer and signature are as in a response. */
export interface LogoutPlan {
  /** By HTTP-POST; a query is always signed. */
  signed: boolean;
  /** Seconds from the issue of a LogoutRequest to its NotOnOrAfter. */
  notOnOrAfter: number | 'absent';
  /** Of the root. */
  declares: readonly Declaration[];
  /** Order of the root's attributes; alphabetical if it is empty. */
  order: readonly string[];
  /** The Issuer of a LogoutResponse is in the default namespace. */
  hasBareIssuer?: boolean | undefined;
}

export interface EncryptionPlan {
  content: 'aes128-cbc' | 'aes256-cbc' | 'aes128-gcm' | 'aes256-gcm';
  /** Key transport is rsa-oaep-mgf1p; whether its digest is named. */
  digestMethod: boolean;
  key: 'in the data' | 'beside the data';
  /** Prefix of xenc:EncryptedKey and what is in it. */
  keyPrefix?: string | undefined;
  /** Prefix of ds:KeyInfo in it. */
  keyInfoPrefix?: string | undefined;
  recipient: 'unnamed' | 'certificate' | 'issuer and serial number';
}

/** The persona of one response. */
export interface InPersona {
  plan: Plan;
  /** Of the tenant, from which its identifiers are made. */
  seed: string;
  /** Of the user who signs in. */
  username?: string | undefined;
  /** Attributes that some user of the tenant has. */
  attributeNames?: readonly string[] | undefined;
}

type Remembered = <Value>(value: Value, note?: string) => Fact<Value>;

const marked =
  (mark: Mark) =>
  (source: Source, year: number): Remembered =>
  (value, note) => ({ value, mark, source, year, note });

export const captured = marked('captured');
export const inSource = marked('source');
export const documented = marked('documented');
export const reported = marked('reported');

/** The plan of a persona: its facts, what a caller sets otherwise, and neutral defaults for what is unknown. */
import { nameIdFormats } from '../response/saml-values.ts';
import type { Facts, InParts, Plan } from './persona.ts';

/** As this identity provider writes without a persona, except where a signature is. */
export const neutral: Plan = {
  entityId: '',
  ssoAddress: '',
  sloAddress: '',
  metadata: {
    declaration: '<?xml version="1.0" encoding="UTF-8"?>\n',
    prefix: 'md',
    wantAuthnRequestsSigned: false,
    nameIdFormats: [nameIdFormats.emailAddress, nameIdFormats.unspecified, nameIdFormats.persistent],
    signOn: ['redirect', 'post'],
    logout: ['redirect', 'post'],
    validUntil: 'absent',
    otherCertificate: 'absent',
    signed: false,
    emptyTag: '/>',
  },
  declaration: '',
  prefixes: { samlp: 'samlp', saml: 'saml', ds: 'ds' },
  keyInfoPrefixes: { own: 'ds', below: 'ds', of: 'every signature' },
  declares: {},
  signedElements: { declareTypes: false, declareAgain: false },
  declarations: { first: true },
  attributeOrder: {},
  emptyTag: '><',
  signed: 'both',
  signatureAlgorithm: 'rsa-sha256',
  prefixList: '',
  keyInfo: ['X509Certificate'],
  lines: {},
  signatureLayout: 'one line',
  signaturePlace: 'after the issuer',
  ids: { response: '_{hex:40}', assertion: '_{hex:40}' },
  sessionIndex: { asked: '{session}' },
  decimals: { usual: 0 },
  delays: {},
  conditions: [0, 300],
  confirmation: 300,
  session: 'never',
  authnInstant: 'of the session',
  destination: 'always',
  consent: '',
  issuerFormat: '',
  nameId: { format: '', value: 'as configured' },
  confirmationNotBefore: false,
  subjectAddress: false,
  statements: 'authn first',
  authnContext: '',
  authenticatingAuthority: false,
  audience: 'as registered',
  attributeNames: {},
  friendlyNames: {},
  ownAttributes: [],
  attributeFormat: { usual: 'by name' },
  attributeType: 'none',
  typesDeclared: 'on each value',
  repeatedAttributes: [],
  emptyAttributes: 'left out',
  attributeSorting: 'as configured',
  groups: 'all',
  encryption: { content: 'aes256-gcm', digestMethod: true, key: 'in the data', recipient: 'unnamed' },
  logout: 'unknown',
  rejections: {},
  errorResponse: { destination: true, inResponseTo: true },
  request: { ignores: [], demands: [] },
  login: { username: 'username', password: 'password' },
  switchesCertificate: false,
};

export const planKeys = Object.keys(neutral) as (keyof Plan)[];

/** Settings in place of the persona's facts. */
export type PlanChange = {
  readonly [Key in keyof Plan]?: (Key extends InParts ? Parts<Plan[Key]> : Plan[Key]) | undefined;
};

type Parts<Setting> = { readonly [Part in keyof Setting]?: Setting[Part] | undefined };

/** Settings that are objects are merged with the change. */
export function planOf({ facts }: { facts: Facts }, change: PlanChange = {}): Plan {
  const plan: Record<string, unknown> = {};
  for (const key of planKeys) {
    const known = isInParts(key) ? { ...neutral[key], ...facts[key]?.value } : (facts[key]?.value ?? neutral[key]);
    const wanted: unknown = change[key];
    plan[key] = isGroup(known) && isGroup(wanted) ? { ...known, ...wanted } : (wanted ?? known);
  }
  return plan as unknown as Plan;
}

const isInParts = (key: keyof Plan): key is InParts => key === 'metadata' || key === 'encryption';

const isGroup = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

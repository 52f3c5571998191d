/** Schema of the persona of a tenant: a product's name, and what is set otherwise. */
import { z } from 'zod';
import { personaCodes } from '../personas/codes.ts';
import type { PlanChange } from '../personas/plan.ts';

const text = z.string();
/** Empty for a default namespace. */
const prefix = z.string().regex(/^(?:[A-Za-z_][\w-]*)?$/, 'must be a prefix of letters, digits, _ and -');
const texts = z.array(text);
const vocabulary = z.enum(['samlp', 'saml', 'ds', 'md', 'mdui', 'xenc', 'xs', 'xsi']);
const byName = z.record(text, text);
const empty = z.enum(['/>', ' />', '><']);
const nameFormat = z.enum(['none', 'basic', 'unspecified', 'uri', 'by name']);
const lines = z.strictObject({
  width: z.number().int().min(1),
  end: z.enum(['\n', '\r\n']),
  around: z.boolean().optional(),
});
const seconds = z.number().min(0).max(1_000_000_000);
const milliseconds = z.number().min(-1_000_000_000).max(1_000_000_000);
const bindings = z.array(z.enum(['redirect', 'post']));
const rejection = z.union([
  z.strictObject({
    page: z.strictObject({
      heading: text,
      code: text.optional(),
      sentences: texts.optional(),
      status: z.number().int().min(200).max(599).optional(),
    }),
  }),
  z.strictObject({
    status: z.strictObject({ code: text, second: text.optional(), message: text.optional() }),
  }),
]);

const metadata = z.strictObject({
  declaration: text,
  prefix,
  id: text,
  wantAuthnRequestsSigned: z.union([z.boolean(), z.literal('absent')]),
  nameIdFormats: texts,
  signOn: bindings.min(1),
  logout: bindings,
  validUntil: z.enum(['absent', 'end of the certificate']),
  otherCertificate: z.enum(['absent', 'after its own']),
  signed: z.boolean(),
  emptyTag: empty,
});

const writing = {
  entityId: text,
  ssoAddress: text,
  sloAddress: text,
  metadata: metadata.partial(),
  declaration: text,
  prefixes: z.record(text, prefix),
  keyInfoPrefixes: z.strictObject({ own: prefix, below: prefix, of: z.enum(['every signature', 'a signed response']) }),
  declares: z.record(text, z.array(z.tuple([text, vocabulary]))),
  signedElements: z.strictObject({ declareTypes: z.boolean(), declareAgain: z.boolean() }),
  declarations: z.strictObject({ first: z.boolean(), otherwise: texts.optional() }),
  attributeOrder: z.record(text, texts),
  emptyTag: empty,
};

const signing = {
  signed: z.enum(['assertion', 'response', 'both', 'neither']),
  signatureAlgorithm: z.enum(['rsa-sha1', 'rsa-sha256', 'rsa-sha512']),
  prefixList: text,
  keyInfo: z.array(z.enum(['KeyName', 'X509SubjectName', 'X509Certificate', 'KeyValue'])),
  lines: z.strictObject({
    signatureValue: lines.optional(),
    certificate: lines.optional(),
    modulus: lines.optional(),
  }),
  signatureLayout: z.enum(['one line', 'a line for each element', 'as xmlseclibs']),
  signaturePlace: z.enum(['after the issuer', 'at the end']),
};

const idsAndTimes = {
  ids: z.strictObject({ response: text, assertion: text }),
  sessionIndex: z.strictObject({ asked: text, unasked: text.optional() }),
  decimals: z.strictObject({
    usual: z.literal([0, 3, 6]),
    response: z.literal([0, 3, 6]).optional(),
    authnInstant: z.literal([0, 3, 6, 'zeros']).optional(),
  }),
  delays: z.strictObject({
    assertion: milliseconds.optional(),
    conditions: milliseconds.optional(),
    confirmation: milliseconds.optional(),
  }),
  conditions: z.tuple([seconds, seconds]),
  confirmation: seconds,
  session: z.union([seconds, z.literal('never')]),
  authnInstant: z.enum(['of the session', 'NotBefore', 'issue']),
};

const content = {
  destination: z.enum(['always', 'in a signed response', 'never']),
  consent: text,
  issuerFormat: text,
  nameId: z.strictObject({
    format: text,
    value: z.enum(['as configured', 'username', 'principal name', 'identifier', 'email, or none', 'none']),
    qualifiers: z.boolean().optional(),
    spQualifier: z.boolean().optional(),
  }),
  confirmationNotBefore: z.boolean(),
  subjectAddress: z.boolean(),
  statements: z.enum(['authn first', 'attributes first']),
  authnContext: text,
  authenticatingAuthority: z.boolean(),
  audience: z.enum(['as registered', 'spn for names', 'absent']),
  attributeNames: byName,
  friendlyNames: z.union([byName, z.literal('as the name')]),
  ownAttributes: z.array(z.strictObject({ name: text, value: text })),
  attributeFormat: z.strictObject({ usual: nameFormat, of: z.record(text, nameFormat).optional() }),
  attributeType: z.enum(['none', 'xs:string', 'xs:anyType']),
  typesDeclared: z.enum(['on each value', 'on the assertion']),
  repeatedAttributes: z.union([z.literal('all'), texts]),
  emptyAttributes: z.enum(['left out', 'sent empty']),
  attributeSorting: z.enum(['as configured', 'by name']),
  groups: z.union([
    z.literal('all'),
    z.strictObject({
      name: text,
      limit: z.number().int().min(0),
      instead: z.strictObject({ name: text, value: text }),
    }),
  ]),
  encryption: z
    .strictObject({
      content: z.enum(['aes128-cbc', 'aes256-cbc', 'aes128-gcm', 'aes256-gcm']),
      digestMethod: z.boolean(),
      key: z.enum(['in the data', 'beside the data']),
      keyPrefix: text,
      keyInfoPrefix: text,
      recipient: z.enum(['unnamed', 'certificate', 'issuer and serial number']),
    })
    .partial(),
};

const logout = z.strictObject({
  signed: z.boolean(),
  notOnOrAfter: z.union([seconds, z.literal('absent')]),
  declares: z.array(z.tuple([text, vocabulary])),
  order: texts,
  hasBareIssuer: z.boolean().optional(),
});

const around = {
  logout: z.union([logout, z.literal('unknown')]),
  rejections: z.strictObject({
    'not-assigned': rejection.optional(),
    'app-unknown': rejection.optional(),
    'acs-not-registered': rejection.optional(),
    'no-passive': rejection.optional(),
    'name-id-policy': rejection.optional(),
    'authn-context': rejection.optional(),
    cancelled: rejection.optional(),
  }),
  errorResponse: z.strictObject({
    destination: z.boolean(),
    inResponseTo: z.boolean(),
    emptyAssertion: z.boolean().optional(),
    messageInAttribute: z.boolean().optional(),
  }),
  request: z.strictObject({
    ignores: z.array(z.enum(['Destination', 'IssueInstant', 'signature', 'RequestedAuthnContext'])),
    demands: z.array(z.enum(['no digit first in ID'])),
  }),
  login: z.strictObject({
    heading: text.optional(),
    username: text.min(1),
    password: text.min(1),
    hidden: byName.optional(),
  }),
  switchesCertificate: z.boolean(),
};

/** Each field replaces that of the persona; fields with parts replace the given parts. */
export const planChangeSchema = z
  .strictObject({ ...writing, ...signing, ...idsAndTimes, ...content, ...around })
  .partial()
  .describe('What differs from the product.');

/** Compiles only if the schema fits the type. */
planChangeSchema satisfies z.ZodType<PlanChange>;

export const personaSchema = z
  .union([
    z.string(),
    z.strictObject({
      name: z.string().optional(),
      set: planChangeSchema.optional(),
      learned: z.unknown().optional().describe('Notes of `persona learn`, without effect.'),
    }),
  ])
  .describe(
    `The product in whose way it writes: ${personaCodes.join(', ')}. With \`set\`, otherwise in parts; without a ` +
      'name, only these parts. A persona that `persona learn` wrote fits.',
  );

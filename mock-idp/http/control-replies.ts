/** Schemas of the replies of the control routes. */
import { z } from 'zod';
import { assigned } from '../tenants/control-schemas.ts';
import type { LogDetails, LogEntry, LogKind, LogoutMessageDetails, SessionEnd } from '../tenants/log.ts';

const text = z.string();
const optionalText = z.string().optional();
const count = z.number().int().nonnegative();
const date = z.iso.datetime();

const addresses = {
  entityId: text,
  metadataUrl: text,
  ssoUrl: text,
  sloUrl: text,
  portalUrl: text,
};

export const summaryReply = z.strictObject({ ...addresses, certificates: z.array(text).describe('PEM') });

export const metadataReply = z.strictObject({ ...summaryReply.shape, metadata: text.describe('The XML.') });

export const newTenantReply = z.strictObject({ name: text, ...summaryReply.shape });
export const tenantsReply = z.array(z.strictObject({ name: text, displayName: text, ...addresses }));

export const usernameReply = z.strictObject({ username: text });

const acs = z.array(z.strictObject({ url: text, index: count, isDefault: z.boolean() }));
export const appNumberReply = z.strictObject({ number: count, entityId: text, acs });

export const assignmentReply = z.strictObject({ app: text, users: assigned });

export const faultsReply = z.array(
  z.strictObject({
    phrase: text,
    amount: z.number().describe("In the fault's unit; 0 if it has none."),
    times: count.nullable().describe('Number of responses it still applies to; null for all.'),
    struck: count.describe('Number of responses it has changed.'),
  }),
);

export const holdReply = z.strictObject({
  hold: z.boolean().describe('True if the next response will be held.'),
  held: z.strictObject({ xml: text, action: text, since: date }).nullable(),
});

const userView = {
  username: text,
  email: optionalText,
  nameId: optionalText,
  attributes: z.record(text, z.array(text)),
  locked: z.boolean(),
};
export const usersReply = z.array(z.strictObject(userView));
const user = z.strictObject({
  ...userView,
  wrong: count.describe('Wrong passwords in a row.'),
  lockedUntil: z.number().describe("End of the lock after too many of them, in milliseconds on the tenant's clock."),
});

const binding = z.enum(['redirect', 'post']);
const appView = { number: count, name: text, entityId: text, acs, encrypt: z.boolean(), assigned };
export const appsReply = z.array(z.strictObject(appView));
const app = z.strictObject({
  ...appView,
  slo: z.strictObject({ url: text, binding, responseUrl: optionalText }).optional(),
  encryptionCertificate: optionalText,
  signingCertificates: z.array(text),
  nameIdFormat: optionalText,
  knownBy: optionalText,
  forgedUser: optionalText,
  forgedIssuer: optionalText,
});

const logDetails = {
  'authn-request': {
    id: text,
    app: text,
    acsUrl: text,
    binding,
    signed: z.boolean(),
    relayState: optionalText,
    forceAuthn: z.boolean(),
    isPassive: z.boolean(),
    nameIdFormat: optionalText,
    xml: text,
  },
  'request-refused': { code: text, sentence: text },
  warning: { code: text, sentence: text },
  login: {
    username: text,
    ok: z.boolean(),
    because: z.enum(['locked', 'wrong password', 'unknown user']).optional(),
  },
  refusal: { app: text, because: optionalText, username: optionalText },
  response: {
    app: text,
    acsUrl: text,
    inResponseTo: optionalText,
    username: optionalText,
    nameId: optionalText,
    status: text,
    second: optionalText,
    struck: z.array(text),
  },
  fault: { phrase: text, path: text },
} satisfies { [Kind in OneShape]: Shape<LogDetails[Kind]> };

const sessionEnd = {
  event: z.literal('session-ended'),
  username: text,
  sessionIndex: text,
} satisfies Shape<SessionEnd>;
const logoutMessage = {
  event: z.enum(['request-received', 'response-sent', 'request-sent', 'response-received']),
  app: text,
  binding,
  id: optionalText,
  inResponseTo: optionalText,
  nameId: optionalText,
  sessionIndexes: z.array(text),
  status: optionalText,
  second: optionalText,
  struck: z.array(text),
  xml: text,
} satisfies Shape<LogoutMessageDetails>;

type OneShape = Exclude<LogKind, 'logout'>;
type Shape<Details> = { [Key in keyof Required<Details>]: z.ZodType };

const oneShape = Object.keys(logDetails) as [OneShape, ...OneShape[]];
export const logKinds: readonly [LogKind, ...LogKind[]] = [...oneShape, 'logout'];
export const logQuerySchema = z.strictObject({
  kind: z.enum(logKinds).optional().describe('Only entries of this kind.'),
});

const entryOf = <Details extends z.ZodRawShape>(kind: LogKind, details: Details) =>
  z.strictObject({ at: date.describe("On the tenant's clock."), kind: z.literal(kind), ...details });
const [firstKind, ...otherKinds] = oneShape;
export const logEntry = z.discriminatedUnion('kind', [
  entryOf(firstKind, logDetails[firstKind]),
  ...otherKinds.map((kind) => entryOf(kind, logDetails[kind])),
  z.discriminatedUnion('event', [entryOf('logout', sessionEnd), entryOf('logout', logoutMessage)]),
]) as unknown as z.ZodType<LogEntry>;

export const logReply = z.array(logEntry);

export const clockReply = z.strictObject({ now: date, clockOffsetMs: z.number() });

export const responseReply = z.strictObject({
  action: text.describe('The ACS URL; for a logout message, the logout URL.'),
  method: z.enum(['post', 'get']),
  contentType: text,
  fields: z
    .array(z.tuple([text.describe('name'), text.describe('value')]))
    .describe('`SAMLResponse` (in a LogoutRequest, `SAMLRequest`) and `RelayState` among them.'),
  copies: count.describe('How often a browser posts it: once, unless a fault changes that.'),
  xml: text.describe('The XML before its transport encoding.'),
  struck: z.array(text).describe('Phrases of the faults that changed this response.'),
  undelivered: z
    .array(text)
    .describe('Those of them that are in how the form is sent. They count as struck once `countDelivery` says so.'),
});
export const signOutsReply = z.array(
  z.strictObject({
    app: text.describe('Entity ID.'),
    sessionIndex: text,
    request: responseReply.optional().describe('The form with the LogoutRequest.'),
    because: optionalText.describe('Why there is none.'),
  }),
);
export const logoutOutcomeReply = z.strictObject({
  outcome: z.enum(['succeeded', 'partial', 'not-confirmed']).describe('`partial`: some sessions remain open.'),
  because: optionalText.describe('Why the outcome is not `succeeded`.'),
});
export const lastResponseReply = z.strictObject({ response: responseReply.nullable() });

export const tenantReply = z.strictObject({
  name: text,
  displayName: text,
  clockOffsetMs: z.number(),
  wantAuthnRequestsSigned: z.boolean(),
  disabled: z.boolean(),
  validUntil: optionalText,
  signingAlgorithm: text,
  persona: optionalText.describe('The product that it plays.'),
  ...summaryReply.shape,
  users: z.array(user).describe('Those of patterns only up to 1,000 in total.'),
  userPatterns: z.array(z.strictObject({ pattern: text, count })),
  apps: z.array(app),
  sessions: count,
  signInsUnderWay: count,
  logoutsUnderWay: count,
  requestsTaken: count,
  pendingRequests: z.array(z.strictObject({ id: text, app: text, since: date })),
  faults: faultsReply,
  seed: z.strictObject({ ids: optionalText, instant: optionalText }).optional(),
  log: z.array(logEntry),
});

export const errorsReply = z.array(
  z.strictObject({ at: date, method: text, path: text, message: text, stack: optionalText }),
);
export const routesReply = z.array(z.strictObject({ method: text, path: text }));
export const openApiReply = z.record(text, z.unknown());

/** Every reply with a status of 400 or more. */
export const rejectionReply = z.strictObject({
  error: text.describe('What is wrong, in a sentence.'),
  code: optionalText.describe('Of a rejected AuthnRequest, such as `request-id-reused`.'),
  allowed: z.array(text).optional().describe('The choices, if there are any.'),
});

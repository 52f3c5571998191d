/** Validates the options of `sso-rehearsal/saml`, and turns them into settings to judge by. Reads no files. */
import type { PendingRequest } from '../../sp/saml/judgement.ts';
import type { ConnectionSettings } from './connection-options.ts';
import { idpOfCertificates, idpOfMetadata } from './identity-provider.ts';
import { type DiagnosisPolicies, hardenedPolicies, policyValues } from './policies.ts';
import { readPrivateKey } from './private-key.ts';
import { Unreadable } from './unreadable.ts';

/** The connection to judge by. A check without its setting is listed in `notVerified`, and nothing is accepted. */
export interface DiagnoseOptions {
  /** Entity ID of the service provider: the audience of the assertion. */
  spEntityId?: string | undefined;
  acsUrl?: string | undefined;
  /** The service provider's private keys in PEM, for encrypted assertions. */
  spKeys?: readonly string[] | undefined;
  /** The text of the identity provider's metadata; or `idpCertificates`. */
  idpMetadata?: string | undefined;
  /** The text of its signing certificates: PEM or base64. */
  idpCertificates?: string | undefined;
  /** Chooses the identity provider if the metadata has several; or its entity ID, beside `idpCertificates`. */
  idpEntityId?: string | undefined;
  /** The request that this browser was sent with. Its `id` is enough. */
  request?: PendingRequest | undefined;
  /** Judges as of this time. Default: now for a form, and for a capture its time or that of its message. */
  at?: Date | undefined;
  /** Differences from the strict policies. */
  policies?: Partial<DiagnosisPolicies> | undefined;
  /** Keeps personal data and secrets in the findings. By default they are replaced. */
  showSecrets?: boolean | undefined;
  /** The largest input in bytes, at most 25 MB. Default: 3 MB. */
  maxBytes?: number | undefined;
}

export const defaultMaxBytes = 3 * 1024 * 1024;
const mostBytes = 25 * 1024 * 1024;
const mostText = 5 * 1024 * 1024;

/** Throws Unreadable with what is wrong and what is allowed. */
export async function settingsOf(options: DiagnoseOptions): Promise<ConnectionSettings> {
  checkNames(options);
  const { at, request, spEntityId, acsUrl, spKeys, policies } = options;
  return {
    at: instant(at),
    requestId: request?.id,
    sp: {
      ...(spEntityId === undefined ? {} : { entityId: text('spEntityId', spEntityId) }),
      ...(acsUrl === undefined ? {} : { acsUrl: webAddress('acsUrl', acsUrl) }),
      ...(spKeys === undefined ? {} : { decryptionKeys: privateKeys(spKeys) }),
    },
    idp: await identityProvider(options),
    policies: policiesOf(policies ?? {}),
  };
}

/** In bytes. */
export function limitOf({ maxBytes = defaultMaxBytes }: DiagnoseOptions): number {
  if (Number.isInteger(maxBytes) && maxBytes > 0 && maxBytes <= mostBytes) return maxBytes;
  throw new Unreadable(`maxBytes must be a whole number from 1 to ${mostBytes}.`);
}

async function identityProvider({
  idpMetadata,
  idpCertificates,
  idpEntityId: entityId,
  at,
}: DiagnoseOptions): Promise<ConnectionSettings['idp']> {
  if (idpMetadata !== undefined && idpCertificates !== undefined)
    throw new Unreadable('Use either idpMetadata or idpCertificates, not both.');
  if (entityId !== undefined) text('idpEntityId', entityId);
  if (idpMetadata !== undefined)
    return named('idpMetadata', () =>
      idpOfMetadata(text('idpMetadata', idpMetadata), { now: instant(at) ?? new Date(), entityId }),
    );
  if (idpCertificates !== undefined)
    return named('idpCertificates', () => idpOfCertificates(text('idpCertificates', idpCertificates), { entityId }));
  return entityId === undefined ? {} : { entityId };
}

/** Puts the option before the reason why it cannot be used. */
async function named<Result>(option: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Unreadable) || error.message.startsWith(option)) throw error;
    throw new Unreadable(`${option}: ${error.message}`);
  }
}

const optionNames = [
  'spEntityId',
  'acsUrl',
  'spKeys',
  'idpMetadata',
  'idpCertificates',
  'idpEntityId',
  'request',
  'at',
  'policies',
  'showSecrets',
  'maxBytes',
] as const satisfies readonly (keyof DiagnoseOptions)[];

function checkNames(options: DiagnoseOptions): void {
  const unknown = Object.keys(options).filter((name) => !(optionNames as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw new Unreadable(`Unknown options: ${unknown.join(', ')}. Use some of: ${optionNames.join(', ')}.`);
  const { request } = options;
  if (request !== undefined && (typeof request.id !== 'string' || request.id === ''))
    throw new Unreadable('request must have the ID of the request as id.');
}

function text(option: string, value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '')
    throw new Unreadable(`${option} must be text that is not empty.`);
  if (value.length > mostText) throw new Unreadable(`${option} is longer than ${mostText} characters.`);
  return value;
}

function webAddress(option: string, value: unknown): string {
  if (/^https?:$/.test(URL.parse(text(option, value))?.protocol ?? '')) return value as string;
  throw new Unreadable(`${option} must be a URL such as https://sp.example/acs.`);
}

function instant(at: Date | undefined): Date | undefined {
  if (at === undefined || (at instanceof Date && !Number.isNaN(at.getTime()))) return at;
  throw new Unreadable('at must be a valid Date.');
}

function privateKeys(keys: readonly string[]): string[] {
  if (!Array.isArray(keys) || keys.length > 10) throw new Unreadable('spKeys must be a list of at most 10 keys.');
  return keys.map((pem) => {
    const key = readPrivateKey(text('spKeys', pem));
    if (key === undefined) throw new Unreadable('spKeys must be PEM private keys without a passphrase.');
    return key;
  });
}

function policiesOf(changes: Partial<DiagnosisPolicies>): DiagnosisPolicies {
  for (const [name, value] of Object.entries(changes))
    if (!Object.hasOwn(policyValues, name) || !isAllowed(name as keyof DiagnosisPolicies, value)) {
      const known = Object.entries(policyValues).map(([policy, values]) => `${policy}: ${values}`);
      throw new Unreadable(`The policy ${name} is unknown, or has another type. Use some of: ${known.join(', ')}.`);
    }
  return { ...hardenedPolicies, ...changes };
}

function isAllowed(policy: keyof DiagnosisPolicies, value: unknown): boolean {
  if (policy === 'requiredAttributes')
    return Array.isArray(value) && value.length <= 100 && value.every((one) => typeof one === 'string');
  return policy === 'nameIdFormat'
    ? policyValues.nameIdFormat.split('|').includes(value as string)
    : typeof value === 'boolean';
}

/** Validates the command-line options that describe an SSO connection, and turns them into settings to judge by. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { type Expectation, hardenedPolicies, nameIdFormats, type Policies } from '../../sp/saml/judgement.ts';
import { splitPem } from '../../sp/saml/pem.ts';
import { Unreadable } from './unreadable.ts';

export { hardenedPolicies };

/** Settings to judge the message against. Checks whose setting is missing are skipped. */
export interface ConnectionSettings {
  at: Date | undefined;
  requestId: string | undefined;
  sp: Expectation['sp'];
  idp: Expectation['idp'];
  policies: Policies;
}

export interface ConnectionOptions {
  'sp-entity-id'?: string | undefined;
  acs?: string | undefined;
  'idp-metadata'?: string | undefined;
  'idp-cert'?: string | undefined;
  'request-id'?: string | undefined;
  at?: string | undefined;
  'sp-key'?: string | undefined;
  policy?: string[] | undefined;
}

/** Policy name → allowed values. */
export const policyValues: Readonly<Record<keyof Policies, string>> = {
  requireSignedMessage: 'true|false',
  requireSignedAssertion: 'true|false',
  allowSha1: 'true|false',
  allowIdpInitiated: 'true|false',
  requireRelayState: 'true|false',
  requireEncryption: 'true|false',
  nameIdFormat: nameIdFormats.join('|'),
  requiredAttributes: 'NAME,NAME…',
};

/** Throws Unreadable with what is wrong and what is allowed. */
export async function readConnectionOptions(options: ConnectionOptions): Promise<ConnectionSettings> {
  for (const [name, value] of Object.entries(options)) if (value === '') throw new Unreadable(`--${name} is empty.`);
  const { acs, 'sp-entity-id': entityId, 'sp-key': key, 'request-id': requestId } = options;
  if (acs !== undefined && !/^https?:$/.test(URL.parse(acs)?.protocol ?? ''))
    throw new Unreadable(`--acs must be a URL such as https://sp.example/acs, not “${acs}”.`);
  const at = timeOf(options.at);
  return {
    at,
    requestId,
    sp: {
      ...(entityId === undefined ? {} : { entityId }),
      ...(acs === undefined ? {} : { acsUrl: acs }),
      ...(key === undefined ? {} : { decryptionKeys: [privateKey(key)] }),
    },
    idp: await identityProvider(options, at ?? new Date()),
    policies: policies(options.policy ?? []),
  };
}

function timeOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  // Without a time zone, the time would depend on the machine.
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time))
    throw new Unreadable(`--at must be a time with a time zone, such as 2026-01-31T12:00:00Z, not “${text}”.`);
  return new Date(time);
}

async function identityProvider(
  { 'idp-metadata': metadata, 'idp-cert': certificate }: ConnectionOptions,
  now: Date,
): Promise<Expectation['idp']> {
  if (metadata !== undefined && certificate !== undefined)
    throw new Unreadable('Use either --idp-metadata or --idp-cert, not both.');
  if (certificate !== undefined) return { certificates: certificatesIn(fileOf(certificate), certificate) };
  if (metadata === undefined) return {};
  const text = fileOf(metadata);
  // Loaded on demand: this module is slow to load, and only metadata needs it.
  const { readIdpMetadata } = await import('../../sp/saml/metadata.ts');
  try {
    const { entityId, certificates } = readIdpMetadata(text, { now });
    return {
      entityId,
      certificates: certificates.map((one) => new X509Certificate(Buffer.from(one, 'base64')).toString()),
    };
  } catch (error) {
    throw new Unreadable(`--idp-metadata ${metadata}: ${(error as Error).message}`);
  }
}

/** One or several certificates in PEM, one in base64, or one in DER. */
function certificatesIn(text: string, name: string): string[] {
  const { blocks } = splitPem(text);
  try {
    return (
      blocks.length > 0
        ? blocks
        : [/^[A-Za-z0-9+/=\s]+$/.test(text) ? Buffer.from(text, 'base64') : Buffer.from(text, 'latin1')]
    ).map((one) => new X509Certificate(one).toString());
  } catch {
    throw new Unreadable(`--idp-cert ${name} contains no certificate in PEM, base64 or DER.`);
  }
}

function privateKey(name: string): string {
  const text = fileOf(name);
  try {
    return createPrivateKey(text).export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch {
    throw new Unreadable(`--sp-key ${name} must be a PEM private key without a passphrase.`);
  }
}

function policies(settings: readonly string[]): Policies {
  const changed: Record<string, unknown> = { ...hardenedPolicies };
  for (const setting of settings) {
    const equals = setting.indexOf('=');
    const name = equals < 0 ? setting : setting.slice(0, equals);
    if (equals < 0 || !Object.hasOwn(policyValues, name)) throw unknownPolicy(setting, name);
    changed[name] = policyValue(name as keyof Policies, setting.slice(equals + 1));
  }
  return changed as unknown as Policies;
}

function unknownPolicy(setting: string, name: string): Unreadable {
  const problem = Object.hasOwn(policyValues, name) ? 'missing value' : 'unknown policy';
  const known = Object.entries(policyValues).map(([policy, values]) => `${policy}=${values}`);
  return new Unreadable(`--policy ${setting}: ${problem}. Use one of: ${known.join(', ')}.`);
}

function policyValue(name: keyof Policies, value: string): string | boolean | string[] {
  if (name === 'requiredAttributes') return value.split(',').filter((one) => one !== '');
  const allowed = policyValues[name];
  if (!allowed.split('|').includes(value)) throw new Unreadable(`--policy ${name} must be ${allowed}, not “${value}”.`);
  return name === 'nameIdFormat' ? value : value === 'true';
}

const maxSize = 5 * 1024 * 1024;

/** Binary files are returned with one character per byte. */
function fileOf(name: string): string {
  try {
    if (statSync(name).size > maxSize) throw new Unreadable(`${name} is larger than ${maxSize / 1024 / 1024} MB.`);
    const octets = readFileSync(name);
    return octets[0] === 0x30 ? octets.toString('latin1') : octets.toString('utf8');
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Unreadable(
      (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? `File not found: ${name}.`
        : `Cannot read ${name}: ${(error as Error).message}.`,
    );
  }
}

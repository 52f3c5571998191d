/** Validates the command-line options that describe an SSO connection, and turns them into settings to judge by. */
import { readFileSync, statSync } from 'node:fs';
import { textOfFile } from '../../sp/saml/file-text.ts';
import type { Expectation } from '../../sp/saml/judgement.ts';
import { idpOfCertificates, idpOfMetadata, type ReadingOptions } from './identity-provider.ts';
import { type DiagnosisPolicies, hardenedPolicies, policyValues } from './policies.ts';
import { readPrivateKey } from './private-key.ts';
import { Unreadable } from './unreadable.ts';

/** Settings to judge the message against. Checks whose setting is missing are skipped. */
export interface ConnectionSettings {
  at: Date | undefined;
  requestId: string | undefined;
  sp: Expectation['sp'];
  idp: Expectation['idp'];
  policies: DiagnosisPolicies;
  /** Parts of the identity provider's settings that are unreadable and were skipped. */
  warnings?: readonly string[];
}

export interface ConnectionOptions {
  'sp-entity-id'?: string | undefined;
  acs?: string | undefined;
  'idp-metadata'?: string | undefined;
  'idp-cert'?: string | undefined;
  'idp-entity-id'?: string | undefined;
  'request-id'?: string | undefined;
  at?: string | undefined;
  'sp-key'?: string | undefined;
  policy?: string[] | undefined;
}

/** Throws Unreadable with what is wrong and what is allowed. */
export async function readConnectionOptions(options: ConnectionOptions): Promise<ConnectionSettings> {
  for (const [name, value] of Object.entries(options)) if (value === '') throw new Unreadable(`--${name} is empty.`);
  const { acs, 'sp-entity-id': entityId, 'sp-key': key, 'request-id': requestId } = options;
  if (acs !== undefined && !/^https?:$/.test(URL.parse(acs)?.protocol ?? ''))
    throw new Unreadable(`--acs must be a URL such as https://sp.example/acs, not “${acs}”.`);
  const at = timeOf(options.at);
  const warnings: string[] = [];
  return {
    at,
    requestId,
    sp: {
      ...(entityId === undefined ? {} : { entityId }),
      ...(acs === undefined ? {} : { acsUrl: acs }),
      ...(key === undefined ? {} : { decryptionKeys: [privateKey(key)] }),
    },
    idp: await identityProvider(options, { now: at ?? new Date(), onUnreadable: (problem) => warnings.push(problem) }),
    policies: policies(options.policy ?? []),
    ...(warnings.length > 0 ? { warnings } : {}),
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
  { 'idp-metadata': metadata, 'idp-cert': certificate, 'idp-entity-id': entityId }: ConnectionOptions,
  reading: Pick<ReadingOptions, 'now' | 'onUnreadable'>,
): Promise<Expectation['idp']> {
  if (metadata !== undefined && certificate !== undefined)
    throw new Unreadable('Use either --idp-metadata or --idp-cert, not both.');
  if (certificate !== undefined) {
    const text = fileOf(certificate);
    return named(`--idp-cert ${certificate}`, () => idpOfCertificates(text, { ...reading, entityId }));
  }
  if (metadata === undefined) return entityId === undefined ? {} : { entityId };
  const text = fileOf(metadata);
  return named(`--idp-metadata ${metadata}`, () => idpOfMetadata(text, { ...reading, entityId }));
}

/** Puts the option before the reason why its file cannot be used. */
async function named<Result>(option: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Unreadable ? new Unreadable(`${option}: ${error.message}`) : error;
  }
}

function privateKey(name: string): string {
  const key = readPrivateKey(fileOf(name));
  if (key === undefined) throw new Unreadable(`--sp-key ${name} must be a PEM private key without a passphrase.`);
  return key;
}

function policies(settings: readonly string[]): DiagnosisPolicies {
  const changed: Record<string, unknown> = { ...hardenedPolicies };
  for (const setting of settings) {
    const equals = setting.indexOf('=');
    const name = equals < 0 ? setting : setting.slice(0, equals);
    if (equals < 0 || !Object.hasOwn(policyValues, name)) throw unknownPolicy(setting, name);
    changed[name] = policyValue(name as keyof DiagnosisPolicies, setting.slice(equals + 1));
  }
  return changed as unknown as DiagnosisPolicies;
}

function unknownPolicy(setting: string, name: string): Unreadable {
  const problem = Object.hasOwn(policyValues, name) ? 'missing value' : 'unknown policy';
  const known = Object.entries(policyValues).map(([policy, values]) => `${policy}=${values}`);
  return new Unreadable(`--policy ${setting}: ${problem}. Use one of: ${known.join(', ')}.`);
}

function policyValue(name: keyof DiagnosisPolicies, value: string): string | boolean | string[] {
  if (name === 'requiredAttributes') return value.split(',').filter((one) => one !== '');
  const allowed = policyValues[name];
  if (!allowed.split('|').includes(value)) throw new Unreadable(`--policy ${name} must be ${allowed}, not “${value}”.`);
  return name === 'nameIdFormat' ? value : value === 'true';
}

const maxSize = 5 * 1024 * 1024;

function fileOf(name: string): string {
  try {
    if (statSync(name).size > maxSize) throw new Unreadable(`${name} is larger than ${maxSize / 1024 / 1024} MB.`);
    return textOfFile(readFileSync(name));
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Unreadable(whyNoFile(name, (error as NodeJS.ErrnoException).code));
  }
}

function whyNoFile(name: string, code = 'unknown'): string {
  if (code === 'ENOENT') return `File not found: ${name}.`;
  if (code === 'EISDIR') return `${name} is a folder. Give a file.`;
  if (code === 'EACCES' || code === 'EPERM') return `${name} may not be read by this user.`;
  return `${name} cannot be read (${code}).`;
}

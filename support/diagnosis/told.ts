/** What somebody tells on the command line about a connection, checked and turned into an expectation. It fills nothing in. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hardenedPolicies, nameIdFormats, type Policies } from '../../sp/saml/judgement.ts';
import { readIdpMetadata } from '../../sp/saml/metadata.ts';
import type { Told } from './diagnose.ts';

export class ToldError extends Error {}

export interface Options {
  'sp-entity-id'?: string | undefined;
  acs?: string | undefined;
  'idp-metadata'?: string | undefined;
  'idp-cert'?: string | undefined;
  'request-id'?: string | undefined;
  at?: string | undefined;
  'sp-key'?: string | undefined;
  policy?: string[] | undefined;
}

/** Name → what may be given. */
export const policyValues: Readonly<Record<keyof Policies, string>> = {
  requireSignedMessage: 'true|false', requireSignedAssertion: 'true|false', allowSha1: 'true|false', allowIdpInitiated: 'true|false', requireRelayState: 'true|false', requireEncryption: 'true|false',
  nameIdFormat: nameIdFormats.join('|'), requiredAttributes: 'NAME,NAME…',
};

/** Throws ToldError, which says what is wrong and what is allowed. */
export function told(options: Options): Told {
  const at = options.at === undefined ? undefined : new Date(options.at);
  if (at && Number.isNaN(at.getTime())) throw new ToldError(`--at takes a time such as 2026-01-31T12:00:00Z, not “${options.at}”`);
  if (options['idp-metadata'] && options['idp-cert']) throw new ToldError('give either --idp-metadata or --idp-cert');
  const idp = identityProvider(options, at ?? new Date());
  return {
    ...(at ? { at } : {}),
    sp: { ...(options['sp-entity-id'] === undefined ? {} : { entityId: options['sp-entity-id'] }), ...(options.acs === undefined ? {} : { acsUrl: options.acs }), ...(options['sp-key'] === undefined ? {} : { decryptionKeys: [file(options['sp-key'])] }) },
    idp,
    policies: policies(options.policy ?? []),
    ...(options['request-id'] === undefined ? {} : { request: { id: options['request-id'] } }),
  };
}

function identityProvider(options: Options, now: Date): Told['idp'] {
  if (options['idp-metadata']) {
    try {
      const { entityId, certificates } = readIdpMetadata(file(options['idp-metadata']), { now });
      return { entityId, certificates: certificates.map((certificate) => new X509Certificate(Buffer.from(certificate, 'base64')).toString()) };
    } catch (error) {
      throw error instanceof ToldError ? error : new ToldError(`--idp-metadata: ${(error as Error).message}`);
    }
  }
  if (options['idp-cert'] === undefined) return {};
  try {
    const text = file(options['idp-cert']).trim();
    return { certificates: [new X509Certificate(text.startsWith('-----') ? text : Buffer.from(text, 'base64')).toString()] };
  } catch (error) {
    throw error instanceof ToldError ? error : new ToldError(`--idp-cert: ${options['idp-cert']} holds no certificate (PEM or base64)`);
  }
}

function policies(settings: readonly string[]): Policies {
  const changed: Record<string, unknown> = { ...hardenedPolicies };
  for (const setting of settings) {
    const [name, value] = [setting.split('=')[0]!, setting.slice(setting.indexOf('=') + 1)];
    if (!Object.hasOwn(policyValues, name) || !setting.includes('=')) throw new ToldError(`--policy takes NAME=VALUE with one of: ${Object.entries(policyValues).map(([known, values]) => `${known}=${values}`).join(', ')}`);
    const allowed = policyValues[name as keyof Policies];
    if (name === 'requiredAttributes') changed[name] = value.split(',').filter((one) => one !== '');
    else if (!allowed.split('|').includes(value)) throw new ToldError(`${name} takes ${allowed}, not “${value}”`);
    else changed[name] = name === 'nameIdFormat' ? value : value === 'true';
  }
  return changed as unknown as Policies;
}

function file(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ToldError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`);
  }
}

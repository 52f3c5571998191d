/** The valid sign-in that comes first and, if it fails, the reason: the response, the reply, and what to check. */
import { DOMParser } from '@xmldom/xmldom';
import { commandLine } from '../terminal/command-line.ts';
import type { StandConfig } from './config.ts';
import { type Examinee, encryptsAll } from './examination.ts';
import type { Attempt, Guest } from './guest.ts';
import type { Stand } from './stand.ts';

/** The valid sign-in fails, so faults cannot be judged. */
export class BaselineFailed extends Error {
  readonly attempt: Attempt;
  /** Sentences about the likely cause. */
  readonly clues: readonly string[];
  readonly organization: 'first' | 'second';
  constructor(
    message: string,
    attempt: Attempt,
    { clues = [], organization = 'first' }: Partial<Pick<BaselineFailed, 'clues' | 'organization'>> = {},
  ) {
    super(message);
    this.attempt = attempt;
    this.clues = clues;
    this.organization = organization;
  }
}

/** As `signInHonestly`; if it fails, finds out what the service provider wants instead. */
export async function signInFirst(options: Baseline): Promise<number | undefined> {
  try {
    return await signInHonestly(options);
  } catch (error) {
    if (!(error instanceof BaselineFailed) || error.attempt.sent === undefined) throw error;
    const { app, config } = options.examinee;
    const note = noteOnNameId(app.requestedNameId(), config);
    const clues = [
      ...((await insistsOnEncryption(options))
        ? ['It accepts only encrypted assertions: add "encryption" to conformance.demands of the recipe']
        : []),
      ...(note === undefined ? [] : [note]),
    ];
    throw new BaselineFailed(error.message, error.attempt, { clues });
  }
}

/** A plain one must be rejected again after an encrypted one was accepted: the first may have failed by chance. */
async function insistsOnEncryption({ examinee: { app, config }, open }: Baseline): Promise<boolean> {
  if (!app.decrypts || encryptsAll(config)) return false;
  await app.encrypt(true);
  const encrypted = await open().signIn();
  await app.encrypt(false);
  if (encrypted.signedIn === undefined) return false;
  const { signedIn, isLate } = await open().signIn();
  return signedIn === undefined && isLate !== true;
}

const formatOf = (name: string): string => `urn:oasis:names:tc:SAML:${name}`;

/** Explains the NameID that is sent for a requested format; undefined if it is that of the recipe. */
export function noteOnNameId(
  requested: string | undefined,
  { user: { nameId } }: Pick<StandConfig, 'user'>,
): string | undefined {
  const sent = `in place of “${nameId}”. The attributes name the user`;
  if (requested === formatOf('2.0:nameid-format:transient'))
    return `Its requests ask for a transient NameID: each response has a new one, ${sent}`;
  if (requested === formatOf('2.0:nameid-format:persistent'))
    return `Its requests ask for a persistent NameID: responses have one made for this service provider, ${sent}`;
  if (requested === formatOf('1.1:nameid-format:emailAddress') && !nameId.includes('@'))
    return `Its requests ask for an email as NameID, and the recipe has “${nameId}”, which is sent`;
  return undefined;
}

interface Baseline {
  examinee: Examinee;
  open: () => Guest;
}

/** Returns how many milliseconds the service provider took over the response, if that was measured. */
export async function signInHonestly({
  examinee: { app, config, user },
  open,
  isEncrypted = encryptsAll(config),
}: Baseline & { isEncrypted?: boolean }): Promise<number | undefined> {
  await app.encrypt(isEncrypted);
  await app.arrange();
  const attempt = await open().signIn();
  const { ledAway, signedIn, broken, cut, sent, tookMs } = attempt;
  if (ledAway !== undefined)
    throw new BaselineFailed(`the valid sign-in leads to ${ledAway}${remedyFor(ledAway)}`, attempt);
  if (signedIn === undefined) {
    const ended =
      sent === undefined
        ? 'the sign-in never reached a SAML response'
        : 'the service provider did not sign the user in after a valid response';
    throw new BaselineFailed(broken ?? cut ?? ended, attempt);
  }
  if (signedIn.as !== null && signedIn.as !== user)
    throw new BaselineFailed(
      `the valid response signed in ${signedIn.as === '' ? 'a user without a name' : `“${signedIn.as}”`}, ` +
        `but the configuration expects “${user}”`,
      attempt,
    );
  return tookMs;
}

function remedyFor(address: string): string {
  const { protocol, hostname } = new URL(address);
  return /^https?:$/.test(protocol)
    ? `; if that host belongs to the service provider, add --allow-host ${hostname}`
    : ', which is not an http or https URL';
}

export interface BaselineSettings {
  config: Pick<StandConfig, 'signIn' | 'signedIn' | 'timeoutSeconds' | 'product'>;
  /** Origin of the stand's IdP. */
  idp: string;
  ssoUrl: string;
  /** Prints the metadata to load. */
  metadataCommand: string;
  /** Set if a valid sign-in works, but not as this product writes. */
  persona?: { code: string; name: string; reasons: readonly string[] } | undefined;
}

/** Those of the organization in which the sign-in failed. */
export async function baselineSettings(
  { organization }: Pick<BaselineFailed, 'organization'>,
  { config, stand }: { config: StandConfig; stand: Stand },
): Promise<BaselineSettings> {
  const { second } = config;
  const isFirst = organization === 'first' || second === undefined;
  return {
    config: isFirst ? config : { ...config, ...second, signedIn: second.signedIn ?? config.signedIn },
    idp: stand.url.origin,
    ssoUrl: isFirst ? stand.connection.ssoUrl : (await stand.second()).connection.ssoUrl,
    metadataCommand: stand.metadataCommand(organization),
  };
}

/** Explains the failure to the author of the configuration, in a few paragraphs. */
export function diagnoseBaseline({ message, clues, attempt }: BaselineFailed, settings: BaselineSettings): string {
  const { sent, reply, ledAway } = attempt;
  return [
    `No fault was tried: ${message}.`,
    ...(reply === undefined
      ? []
      : [
          `The sign-in ended at ${reply.url} (status ${reply.status}), which showed:\n` +
            `  ${reply.text.slice(0, 600) || '(empty)'}`,
        ]),
    ...(sent === undefined ? [] : [`The IdP had sent:\n${summaryOf(sent)}`]),
    ...(ledAway === undefined ? [] : [`It led to ${ledAway}, which is not in the configuration.`]),
    ...(clues.length === 0 ? [] : [clues.map((clue) => `${clue}.`).join('\n')]),
    ...(settings.persona === undefined ? [] : [personaReasons(settings.persona)]),
    `${settings.persona === undefined ? 'Check' : 'To go on'}:\n${[
      ...hintOnTime(attempt, settings),
      ...hints(attempt, settings),
    ]
      .map((hint) => `  - ${hint}`)
      .join('\n')}`,
  ].join('\n\n');
}

function hintOnTime({ isLate = false }: Attempt, { config: { timeoutSeconds, product } }: BaselineSettings): string[] {
  const setting = product === undefined ? 'timeoutSeconds' : 'conformance.timeoutSeconds';
  return isLate
    ? [`Is it only slow? Then raise the time limit in the configuration: ${setting} is ${timeoutSeconds}.`]
    : [];
}

const personaReasons = ({ name, reasons }: NonNullable<BaselineSettings['persona']>): string =>
  `A valid sign-in works without --persona. As ${name} writes, the service provider trips over:\n${reasons.join('\n')}`;

const personaHints = ({ code, name }: NonNullable<BaselineSettings['persona']>): string[] => [
  `Let the service provider accept this, or ask the administrator of ${name} to set it otherwise: ` +
    `docs/identity-providers.md#${code} says what was seen.`,
  'To try the faults before that, leave out --persona.',
  `Its log has more details than its page. ${commandLine('diagnose')} explains the response.`,
];

function hints(
  { sent, reply }: Attempt,
  { config, idp, ssoUrl, metadataCommand, persona }: BaselineSettings,
): string[] {
  if (persona !== undefined) return personaHints(persona);
  if (sent !== undefined)
    return [
      ...(reply === undefined
        ? []
        : [`Does that page show a signed-in user? Then signedIn is wrong: ${JSON.stringify(config.signedIn)}`]),
      `Has the service provider loaded this metadata? ${metadataCommand}`,
      'Does it have this user, with the NameID and attributes above?',
      `Its log has more details than its page. ${commandLine('diagnose')} explains the response.`,
    ];
  if (reply?.url.startsWith(idp))
    return [
      ...(config.signIn === 'portal' || reply.url.startsWith(ssoUrl)
        ? []
        : [`Is ${ssoUrl} the sign-on URL at the service provider? Its request went to ${withoutQuery(reply.url)}.`]),
      'Read the error on the IdP page: entity ID and ACS URL must be as in the metadata, ' +
        'or as entityId and acs in the configuration.',
    ];
  return [
    config.signIn === 'portal'
      ? 'Is the ACS URL right, in the metadata or as acs in the configuration?'
      : `Does ${config.signIn} start a sign-in that leads to ${ssoUrl}?`,
    'Does the page need JavaScript? Then add --browser.',
    'Must SSO be enabled for the user at the service provider first?',
  ];
}

const withoutQuery = (url: string): string => url.split('?', 1)[0]!;

function summaryOf(sent: string): string {
  const message = new DOMParser({ errorHandler: () => undefined }).parseFromString(
    Buffer.from(sent, 'base64').toString(),
    'text/xml',
  );
  const first = (name: string): Element | undefined => message.getElementsByTagNameNS('*', name)[0];
  return Object.entries({
    Issuer: first('Issuer')?.textContent,
    NameID: first('NameID')?.textContent,
    'NameID Format': first('NameID')?.getAttribute('Format'),
    Audience: first('Audience')?.textContent,
    Recipient: first('SubjectConfirmationData')?.getAttribute('Recipient'),
    InResponseTo: first('Response')?.getAttribute('InResponseTo'),
    NotBefore: first('Conditions')?.getAttribute('NotBefore'),
    NotOnOrAfter: first('Conditions')?.getAttribute('NotOnOrAfter'),
  })
    .filter(([, value]) => value)
    .map(([name, value]) => `  ${name.padEnd(14)}${value}`)
    .join('\n');
}

/** The honest sign-in that comes first, and why it failed: what was sent, what came back, and what to check. */
import { DOMParser } from '@xmldom/xmldom';
import type { StandConfig } from './config.ts';
import { type Examinee, encryptsAll } from './examination.ts';
import type { Attempt, Guest } from './guest.ts';

/** An honest sign-in does not work, so nothing can be said of faults. */
export class BaselineRefused extends Error {
  readonly attempt: Attempt;
  constructor(message: string, attempt: Attempt) {
    super(message);
    this.attempt = attempt;
  }
}

/** Gives how many milliseconds the service provider took over the message, if that was measured. */
export async function signInHonestly({
  examinee: { app, config, user },
  open,
}: {
  examinee: Examinee;
  open: () => Guest;
}): Promise<number | undefined> {
  await app.encrypt(encryptsAll(config));
  await app.arrange(undefined);
  const honest = await open().signIn();
  const { ledAway, signedIn, broken, sent, answer } = honest;
  if (ledAway !== undefined)
    throw new BaselineRefused(`the honest sign-in leads to ${ledAway}${whatToDoThere(ledAway)}`, honest);
  if (signedIn === undefined) {
    const ended =
      sent === undefined
        ? 'the sign-in never came to a SAML response'
        : 'the service provider signed nobody in after an honest response';
    throw new BaselineRefused(broken ?? ended, honest);
  }
  if (signedIn.as !== null && signedIn.as !== user)
    throw new BaselineRefused(
      `the honest response signed in “${signedIn.as}”, ` +
        `and the configuration says that the user is shown as “${user}”`,
      honest,
    );
  return answer?.tookMs;
}

function whatToDoThere(address: string): string {
  const { protocol, hostname } = new URL(address);
  return /^https?:$/.test(protocol)
    ? `; if that host belongs to the service provider, say so: --allow-host ${hostname}`
    : ', which is no web address';
}

export interface Known {
  config: StandConfig;
  /** Origin of the identity provider of the stand. */
  idp: string;
  ssoUrl: string;
}

/** A few paragraphs for the author of the configuration. */
export function diagnoseBaseline(
  { message, attempt: { sent, answer, ledAway } }: BaselineRefused,
  known: Known,
): string {
  return [
    `No fault was tried, since ${message}.`,
    ...(answer === undefined
      ? []
      : [
          `The sign-in ended at ${answer.url} (status ${answer.status}), where the page says:\n` +
            `  ${answer.text.slice(0, 600) || '(nothing)'}`,
        ]),
    ...(sent === undefined ? [] : [`What the identity provider had sent:\n${facts(sent)}`]),
    ...(ledAway === undefined ? [] : [`It led to ${ledAway}, which the configuration does not name.`]),
    `Look at:\n${hints(sent, answer?.url, known)
      .map((hint) => `  - ${hint}`)
      .join('\n')}`,
  ].join('\n\n');
}

function hints(sent: string | undefined, endedAt: string | undefined, { config, idp, ssoUrl }: Known): string[] {
  if (sent !== undefined)
    return [
      'whether that page shows somebody signed in after all: ' +
        `then signedIn in the configuration does not fit it (${JSON.stringify(config.signedIn)})`,
      'whether the service provider has loaded this metadata: npm run -s conformance -- --idp-metadata',
      'whether it knows the user, and takes the NameID and the attributes above for one',
      'its log, which says more than its page; npm run diagnose explains the message itself',
    ];
  if (endedAt?.startsWith(idp))
    return [
      'what the page of the identity provider says: entity ID and assertion consumer service must be ' +
        'as in the metadata, or as entityId and acs in the configuration',
    ];
  return [
    config.signIn === 'portal'
      ? 'whether the metadata, or acs in the configuration, names the address to which responses go'
      : `whether ${config.signIn} begins a sign-in that leads to ${ssoUrl}`,
    'whether the page needs script: --browser signs in with a real one',
    'whether the user must first be chosen for single sign-on at the service provider',
  ];
}

function facts(sent: string): string {
  const message = new DOMParser({ errorHandler: () => undefined }).parseFromString(
    Buffer.from(sent, 'base64').toString(),
    'text/xml',
  );
  const first = (name: string): Element | undefined => message.getElementsByTagNameNS('*', name)[0];
  return Object.entries({
    Issuer: first('Issuer')?.textContent,
    NameID: first('NameID')?.textContent,
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

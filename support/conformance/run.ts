/** Puts a service provider on the stand: an honest sign-in first, then every fault, each followed by an honest sign-in when it was refused. It writes no report. */
import type { Fault } from '../../mock-idp/fault.ts';
import { faults, type FaultPhrase } from '../../mock-idp/faults.ts';
import { expectations } from '../expectations.ts';
import { circumstances } from '../fault-table.ts';
import { BaselineRefused } from './baseline.ts';
import { ConfigRefused, type StandConfig } from './config.ts';
import { createGuest, type Attempt, type Guest, type GuestOptions } from './guest.ts';
import { addressesOf, mayReach, refuseStrangers } from './hosts.ts';
import { judge, type Judgement, type Recovery } from './judge.ts';
import type { App, Stand } from './stand.ts';

export interface Row extends Judgement {
  phrase: string;
  code: string;
  sentence: string;
  rule: string;
  expected: 'accept' | 'reject' | 'policy';
  /** Who was signed in afterwards; null when nobody was or when that is not told. */
  signedInAs: string | null;
  sent: string | null;
  answer: NonNullable<Attempt['answer']> | null;
  tookMs: number;
}

export interface Examination {
  name: string;
  /** Of the service provider, where that is known. */
  version?: string | undefined;
  entityId: string;
  acs: readonly string[];
  at: string;
  tookMs: number;
  rows: readonly Row[];
}

export interface ExamineOptions {
  config: StandConfig;
  stand: Stand;
  /** Hosts other than this machine that may be attacked. */
  allowedHosts?: readonly string[];
  /** Only faults whose phrase or code holds one of these; all when empty. */
  only?: readonly string[];
  /** Makes browsers; scripted ones by default. */
  newGuest?: (options: GuestOptions) => Guest;
  onRow?: (row: Row, done: number, planned: number) => void;
  /** Brings a service provider back that answers nobody any more. Without it, whatever was left to try is not verified. */
  restart?: (() => Promise<void>) | undefined;
}

/** Throws HostRefused before anything is sent elsewhere, ConfigRefused, and BaselineRefused. */
export async function examine({ config: given, stand, allowedHosts = [], only = [], newGuest = createGuest, onRow = () => undefined, restart }: ExamineOptions): Promise<Examination> {
  const begin = performance.now();
  refuseStrangers(addressesOf(given), allowedHosts);
  const app = await stand.register(given);
  const config = given.signIn === 'portal' ? { ...given, signIn: app.portal } : given;
  refuseStrangers(app.acs, allowedHosts);
  const atIdp = (url: URL): boolean => url.host === stand.url.host;
  // The hosts of an honest sign-in are known; whatever leads elsewhere afterwards leads away.
  const seen = new Set<string>();
  let learning = true;
  const knows = (url: URL): boolean => mayReach(url, allowedHosts) && (learning ? Boolean(seen.add(url.host)) : seen.has(url.host));
  const setting = { app, config, user: config.user.shownAs ?? config.user.nameId };
  /** Every guest who comes in the meantime leaves at its end. */
  async function withGuests<Result>(act: (open: () => Guest) => Promise<Result>): Promise<Result> {
    await using crowd = new AsyncDisposableStack();
    return await act(() => crowd.use(newGuest({ config, home: new URL(given.signIn === 'portal' ? app.acs[0]! : given.signIn), person: app.person, atIdp, knows })));
  }

  if (encryptsAll(config) && !app.decrypts) throw new ConfigRefused(`${config.name} demands encryption, and its metadata holds no certificate for it`);
  await withGuests((open) => baseline({ ...setting, open }));
  learning = false;
  const wanted = (name: string): boolean => only.length === 0 || only.some((words) => name.includes(words));
  const plan = planned(wanted);
  const encryption = app.decrypts && !encryptsAll(config) ? await withGuests((open) => honestly({ ...setting, open, way: encrypted })) : undefined;
  const unsolicited = given.signIn === 'portal' || !wanted(`${fromPortal.phrase} ${fromPortal.fault.code}`) ? undefined : await withGuests((open) => honestly({ ...setting, open, way: fromPortal }));
  const rows: Row[] = [encryption, unsolicited].filter((row) => row !== undefined).filter(({ phrase, code }) => wanted(`${phrase} ${code}`));
  const total = rows.length + plan.length;
  for (const [index, row] of rows.entries()) onRow(row, index + 1, total);
  let silencedBy: string | undefined;
  for (const [phrase, said] of plan) {
    const { row, silent } = silencedBy === undefined
      ? await withGuests((open) => attempt({ ...setting, phrase, said, open, encrypted: encryptsAll(config) || encryption?.result === 'pass' }))
      : { row: untried(phrase, said, `after “${silencedBy}” nobody could sign in any more`), silent: false };
    rows.push(row);
    onRow(row, rows.length, total);
    if (!silent) continue;
    if (restart) await restart().then(() => withGuests((open) => baseline({ ...setting, open })));
    else silencedBy = said;
  }
  return { name: config.name, entityId: app.entityId, acs: app.acs, at: new Date().toISOString(), tookMs: performance.now() - begin, rows };
}

/** Every fault of a message, with the amounts on both sides of its boundary. Faults of the server are left out: nothing reaches the service provider. */
function planned(wanted: (name: string) => boolean): [FaultPhrase, string][] {
  return (Object.entries(faults) as [FaultPhrase, Fault][]).filter(([, { transport }]) => transport === undefined).flatMap(([phrase, { amount, code }]): [FaultPhrase, string][] => {
    if (!wanted(`${phrase} ${code}`)) return [];
    const values = amount === undefined ? [] : [amount.accept.at(-1), amount.reject.at(-1)].filter((value) => value !== undefined);
    return values.length === 0 ? [[phrase, phrase]] : values.map((value) => [phrase, phrase.replace(/\{\w+\}/, String(value))]);
  });
}

/** Of a service provider that takes nothing else. */
const encryptsAll = ({ demands }: StandConfig): boolean => demands.includes('encryption');

async function baseline({ app, config, open, user }: { app: App; config: StandConfig; open: () => Guest; user: string }): Promise<void> {
  await app.encrypt(encryptsAll(config));
  await app.arrange(undefined);
  const honest = await open().signIn();
  if (honest.ledAway !== undefined) throw new BaselineRefused(`the honest sign-in leads to ${honest.ledAway}; if that host belongs to the service provider, say so: --allow-host ${new URL(honest.ledAway).hostname}`, honest);
  if (honest.signedIn === undefined) throw new BaselineRefused(honest.broken ?? (honest.sent === undefined ? 'the sign-in never came to a SAML response' : 'the service provider signed nobody in after an honest response'), honest);
  if (honest.signedIn.as !== null && honest.signedIn.as !== user) throw new BaselineRefused(`the honest response signed in “${honest.signedIn.as}”, and the configuration says that the user is shown as “${user}”`, honest);
}

/** An honest message of another kind than that of the baseline, in the shape of a fault. */
interface Way {
  phrase: string;
  fault: Fault;
}

/** A service provider that publishes a certificate for encryption should take what is encrypted for it. */
const encrypted: Way = {
  phrase: 'an encrypted assertion',
  fault: { code: 'encrypted-ok', sentence: 'An honest assertion, encrypted for the certificate in the metadata (AES-256-GCM, RSA-OAEP).', rule: 'SAML deployment profile SDP-SP10', verdict: 'accept', strikes: {} },
};

const fromPortal: Way = {
  phrase: 'a sign-in from the portal',
  fault: { code: 'unsolicited-from-portal', sentence: 'An honest sign-in that begins at the identity provider, so that the response answers no request.', rule: 'SAML profiles 4.1.5', verdict: faults['a response that nobody asked for'].verdict, strikes: {} },
};

async function honestly({ app, open, user, config, way }: Omit<Attempting, 'phrase' | 'said' | 'encrypted'> & { way: Way }): Promise<Row> {
  const begin = performance.now();
  const { phrase, fault } = way;
  await app.encrypt(way === encrypted || encryptsAll(config));
  const outcome = await open().signIn(way === fromPortal ? { startAt: app.portal } : {});
  await app.encrypt(encryptsAll(config));
  return { phrase, ...described(fault, fault.verdict === 'accept' ? 'accept' : 'policy'), ...judge({ fault, rejection: null, attempt: outcome, struck: true, user, unwanted: config.unwanted, recovered: undefined }), ...told(outcome), tookMs: performance.now() - begin };
}

const described = ({ code, sentence, rule }: Fault, expected: Row['expected']): Pick<Row, 'code' | 'sentence' | 'rule' | 'expected'> => ({ code, sentence, rule, expected });
const told = ({ signedIn, sent, answer }: Attempt): Pick<Row, 'signedInAs' | 'sent' | 'answer'> => ({ signedInAs: signedIn?.as ?? null, sent: sent ?? null, answer: answer ?? null });

interface Attempting {
  phrase: FaultPhrase;
  said: string;
  app: App;
  open: () => Guest;
  user: string;
  config: StandConfig;
  encrypted: boolean;
}

/** The fault can strike only at an assertion that is encrypted for the service provider. */
const inEncryption = (code: string): boolean => circumstances(code).settings !== undefined;

/** The amount lies on the good side of the boundary. */
const isAccepted = (phrase: FaultPhrase, said: string): boolean => (faults[phrase] as Fault).amount?.accept.some((value) => said === phrase.replace(/\{\w+\}/, String(value))) ?? false;

function factsOf(phrase: FaultPhrase, said: string): Pick<Row, 'phrase' | 'code' | 'sentence' | 'rule' | 'expected'> {
  const fault: Fault = faults[phrase];
  return { phrase: said, ...described(fault, isAccepted(phrase, said) ? 'accept' : typeof fault.verdict === 'string' ? fault.verdict : 'policy') };
}

const untried = (phrase: FaultPhrase, said: string, why: string): Row => ({ ...factsOf(phrase, said), result: 'not verified', why, signedInAs: null, sent: null, answer: null, tookMs: 0 });

async function attempt({ phrase, said, app, open, user, config, encrypted }: Attempting): Promise<{ row: Row; silent: boolean }> {
  const fault: Fault = faults[phrase];
  const begin = performance.now();
  const accepted = isAccepted(phrase, said);
  const rejection = accepted ? null : expectations[phrase];
  const without = impossible(fault.code, { decrypts: app.decrypts, encrypted, asks: config.signIn !== app.portal });
  if (without !== undefined) return { row: untried(phrase, said, without), silent: false };

  await app.encrypt(encryptsAll(config) || (app.decrypts && inEncryption(fault.code)));
  await prepare(fault.code, open);
  await app.arrange(said);
  const guest = open();
  const outcome = await guest.signIn({
    ...(circumstances(fault.code).fromPortal ? { startAt: app.portal } : {}),
    ...(twice.has(fault.code) ? { thief: open() } : {}),
  });
  const struck = await app.struck();
  await app.arrange(undefined);
  const recovered = outcome.signedIn === undefined ? await signsInAgain(guest, open) : undefined;
  const judgement = judge({ fault: accepted ? { ...fault, verdict: 'accept' } : fault, rejection, attempt: outcome, struck, user, unwanted: config.unwanted, demands: config.demands, hardened: config.hardened, recovered });
  return { row: { ...factsOf(phrase, said), ...judgement, ...told(outcome), tookMs: performance.now() - begin }, silent: recovered === 'nowhere' };
}

/** The second of two posts, or the message of another sign-in, comes from another browser: there it shows who got in by it. */
const twice = new Set(['replay-same-response', 'onetimeuse-twice']);
const besideAnother = new Set(['in-response-to-other-session', 'in-response-to-unpaired', 'login-csrf']);

async function prepare(code: string, open: () => Guest): Promise<void> {
  if (circumstances(code).signedInBefore) await open().signIn();
  if (besideAnother.has(code)) await open().begin();
}

/** Why a fault cannot be tried. `asks`: the service provider sends requests. */
function impossible(code: string, { decrypts, encrypted, asks }: { decrypts: boolean; encrypted: boolean; asks: boolean }): string | undefined {
  if (code === 'cross-tenant-issuer') return 'the stand knows one application of this service provider only';
  if (code === 'encrypted-no-key-configured') return decrypts ? 'the service provider has a key' : undefined;
  if (!asks && code.endsWith('-before-request')) return 'there is no request';
  if (!inEncryption(code)) return undefined;
  if (!decrypts) return 'the service provider published no certificate for encryption';
  return encrypted || code === 'plain-when-encryption-required' ? undefined : 'an honest encrypted assertion was refused, so a refusal proves nothing';
}

/** In the same browser; if that fails, in a fresh one, so that one broken session does not spoil all that follows. */
async function signsInAgain(guest: Guest, open: () => Guest): Promise<Recovery> {
  if ((await guest.signIn()).signedIn !== undefined) return 'here';
  return (await open().signIn()).signedIn === undefined ? 'nowhere' : 'elsewhere';
}

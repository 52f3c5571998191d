/** One run of the conformance test, with its verdict: the same for the command and for the function. */
import type { PersonaCode } from '../../mock-idp/personas/codes.ts';
import { BaselineFailed, type BaselineSettings, baselineSettings, diagnoseBaseline } from './baseline.ts';
import type { BrowserGuests } from './browser-guests.ts';
import { type Cause, groupByCause } from './causes.ts';
import type { Examination, Row } from './examination.ts';
import { type ExamineOptions, examine } from './examine.ts';
import { type Compared, compareFindings, isAtLeast, type KnownFinding } from './known-findings.ts';
import { checkPhrases } from './known-phrases.ts';
import type { Peer } from './peer.ts';
import { reasonLines } from './persona-lines.ts';
import type { Severity } from './severity.ts';
import type { Stand } from './stand.ts';
import { counts, verifiedPart } from './summary.ts';
import { onStand, type PersonaRow, type PersonasOptions, tryPersonas } from './try-personas.ts';

export interface ConformanceReport extends Examination {
  /** `incomplete`: the run ended early, or could judge less than 95 % of its faults. */
  verdict: 'passed' | 'failed' | 'incomplete';
  /** The number of rows with each result. */
  counts: Record<Row['result'], number>;
  /** The findings by cause, the worst first. */
  causes: readonly Cause<Row>[];
  /** Part of the applicable rows that could be judged, from 0 to 1. */
  verified: number;
  /** The findings compared with the known ones; all are new if none is known. */
  compared: Compared;
  /** True if its pages needed a browser. */
  usedBrowser: boolean;
}

/** No fault was tried, since a valid sign-in fails. The message says what to check. */
export class SignInFailed extends Error {}

/** No fault has these words. */
export class NothingSelected extends Error {}

export interface RunOptions {
  stand: Stand;
  peer: Peer;
  allowHosts?: readonly string[] | undefined;
  only?: readonly string[] | undefined;
  /** Signs in with Chromium from the beginning. */
  browser?: boolean | undefined;
  known?: readonly KnownFinding[] | undefined;
  failOn?: Severity | undefined;
  /** The product in whose way the IdP writes, such as `okta`. */
  persona?: string | undefined;
  onRow?: ExamineOptions['onRow'] | undefined;
}

/** Fewer judged faults would make a good result mean little. */
const leastVerified = 0.95;

/** True if the run reached its end, and could judge enough of its faults. */
export const isComplete = ({ endedEarly, verified }: Pick<ConformanceReport, 'endedEarly' | 'verified'>): boolean =>
  endedEarly === undefined && verified >= leastVerified;

/** Throws SignInFailed, NothingSelected, InvalidConfig or HostNotAllowed. */
export async function runExamination(options: RunOptions): Promise<ConformanceReport> {
  const { peer, only = [], known = [], failOn = 'low' } = options;
  checkPhrases(known, peer.deliveries ?? []);
  try {
    const { usedBrowser, ...examination } = await examineAsNeeded(options);
    const { rows, endedEarly } = examination;
    if (rows.length === 0) throw new NothingSelected(`No fault contains “${only.join('” or “')}”`);
    const compared = compareFindings(rows, known);
    const verified = verifiedPart(rows);
    const isFailed = compared.fresh.some((row) => isAtLeast(row, failOn));
    return {
      ...examination,
      version: peer.version,
      verdict: isFailed ? 'failed' : isComplete({ endedEarly, verified }) ? 'passed' : 'incomplete',
      counts: counts(rows),
      causes: groupByCause(rows.filter(({ result }) => result === 'fail')),
      verified,
      compared,
      usedBrowser,
    };
  } catch (error) {
    throw await explained(error, options, await personaOf(error, options));
  }
}

/** A valid sign-in as each product writes; throws as `runExamination` does. */
export async function runPersonas(
  options: Omit<RunOptions, 'onRow'>,
  which: PersonasOptions = {},
): Promise<PersonaRow[]> {
  const settings = settingsOf(options);
  const play = (more: Pick<ExamineOptions, 'newGuest'> = {}): Promise<PersonaRow[]> =>
    tryPersonas({ ...settings, ...more }, which);
  try {
    if (!options.browser) return await play();
    await using guests = await openGuests(options);
    return await play(guests);
  } catch (error) {
    throw await explained(error, options);
  }
}

/** Why a sign-in fails as the persona writes; undefined without one. Throws if it fails without the persona, too. */
async function personaOf(error: unknown, options: RunOptions): Promise<BaselineSettings['persona']> {
  const { persona } = options;
  if (persona === undefined || !(error instanceof BaselineFailed) || error.attempt.sent === undefined) return undefined;
  const { only, onRow, ...others } = options;
  const [row] = await runPersonas({ ...others, persona: undefined }, { only: [persona as PersonaCode] });
  return row && !row.works ? { code: row.persona, name: row.name, reasons: reasonLines(row) } : undefined;
}

async function explained(
  error: unknown,
  { peer, stand }: RunOptions,
  persona?: BaselineSettings['persona'],
): Promise<unknown> {
  if (!(error instanceof BaselineFailed)) return error;
  const settings = { ...(await baselineSettings(error, { config: peer.config, stand })), persona };
  return new SignInFailed(diagnoseBaseline(error, settings), { cause: error });
}

type Examined = Examination & { usedBrowser: boolean };

/** With Chromium if wanted, or if a page has no form for what the recipe presses or fills in. */
async function examineAsNeeded(options: RunOptions): Promise<Examined> {
  if (options.browser) return examineInBrowser(options);
  try {
    return { ...(await examine(settingsOf(options))), usedBrowser: false };
  } catch (error) {
    if (!(error instanceof BaselineFailed) || !error.attempt.lacksPart) throw error;
    // Without Chromium, the first failure says more.
    return examineInBrowser(options).catch((second: unknown) => {
      throw second instanceof BaselineFailed ? second : error;
    });
  }
}

async function examineInBrowser(options: RunOptions): Promise<Examined> {
  await using guests = await openGuests(options);
  const examination = await examine({ ...settingsOf(options), newGuest: guests.newGuest });
  return { ...examination, usedBrowser: true };
}

async function openGuests({ allowHosts = [] }: RunOptions): Promise<BrowserGuests> {
  const { openBrowserGuests } = await import('./browser-guests.ts');
  return openBrowserGuests({ allowedHosts: allowHosts });
}

const settingsOf = ({ stand, peer, allowHosts = [], only = [], persona, onRow }: RunOptions): ExamineOptions => ({
  config: peer.config,
  stand,
  allowedHosts: allowHosts,
  deliveries: peer.deliveries ?? [],
  restart: peer.restart,
  only,
  persona: persona === undefined ? undefined : onStand(persona),
  ...(onRow === undefined ? {} : { onRow }),
});

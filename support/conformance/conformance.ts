/**
 * Entry point `sso-rehearsal/conformance`: attacks a service provider with hundreds of forged responses, and reports
 * which ones it accepts. It reaches only this machine unless `allowHosts` names another host.
 */
import { personaOf } from '../../mock-idp/personas/catalogue.ts';
import type { PersonaCode } from '../../mock-idp/personas/codes.ts';
import type { ProductModule } from '../product/define-product.ts';
import { InvalidConfig, readConfig, readConfigOf } from './config.ts';
import { readKnownFindings } from './known-findings.ts';
import { alreadyRunning, type Peer } from './peer.ts';
import { writeReports } from './report.ts';
import { type ConformanceReport, type RunOptions, runExamination, runPersonas } from './run-examination.ts';
import { type Stand, standPort, standStateFile, startStand } from './stand.ts';
import { isGood, type PersonaRow } from './try-personas.ts';

export type { PersonaCode } from '../../mock-idp/personas/codes.ts';
export type { ProductModule } from '../product/define-product.ts';
export type { Cause } from './causes.ts';
/** The recipe is wrong; the message says where. */
export { InvalidConfig } from './config.ts';
export type { Examination, Row } from './examination.ts';
/** A URL of the service provider is on a host that `allowHosts` does not name. */
export { HostNotAllowed } from './hosts.ts';
export type { Compared, KnownFinding } from './known-findings.ts';
export { type ConformanceReport, NothingSelected, SignInFailed } from './run-examination.ts';
export type { Severity } from './severity.ts';
export type { PersonaRow, PlayedRejection, Trip } from './try-personas.ts';

interface IdpOptions {
  /** Port of the identity provider; part of its entity ID. 18400 by default. */
  port?: number;
  /** Keeps the identity provider's keys between runs. `.rehearsal/stand.json` by default. */
  stateFile?: string;
}

export interface ConformanceOptions extends IdpOptions, Pick<RunOptions, 'allowHosts' | 'only' | 'failOn' | 'browser'> {
  /** The recipe of the service provider: a file, or its content with paths relative to the current folder. */
  config: string | ProductModule;
  /** A file with known findings: then only new and worse ones fail. */
  baseline?: string;
  /** A folder for the report: HTML, JSON, JUnit, SARIF, Markdown. By default none is written. */
  reports?: string;
  /** The product as which the identity provider writes, such as `okta`. */
  persona?: PersonaCode;
  /** Called after each fault. */
  onRow?: RunOptions['onRow'];
}

export interface AllPersonasOptions extends IdpOptions, Pick<ConformanceOptions, 'config' | 'allowHosts' | 'browser'> {
  persona: 'all';
  /** Called after each product. */
  onRow?: (row: PersonaRow) => void;
}

/** Does a valid sign-in as each product writes work, and if not, what trips the service provider? */
export interface PersonasReport {
  /** `passed` if all work, and no rejection does harm. */
  verdict: 'passed' | 'failed';
  /** One for each product. */
  rows: readonly PersonaRow[];
}

/**
 * With `persona: 'all'`, only a valid sign-in as each product writes. Throws InvalidConfig, HostNotAllowed,
 * NothingSelected, or SignInFailed if a valid sign-in fails.
 */
export function conformance(options: AllPersonasOptions): Promise<PersonasReport>;
export function conformance(options: ConformanceOptions): Promise<ConformanceReport>;
export async function conformance(
  options: ConformanceOptions | AllPersonasOptions,
): Promise<ConformanceReport | PersonasReport> {
  if (options.persona !== 'all') return examineWith(options);
  const { onRow, ...run } = options;
  return withStand(options, async (where) => {
    const rows = await runPersonas({ ...run, ...where, persona: undefined }, { onRow });
    return { verdict: rows.every(isGood) ? 'passed' : 'failed', rows };
  });
}

async function examineWith(options: ConformanceOptions): Promise<ConformanceReport> {
  const { config, persona, baseline, reports, ...run } = options;
  checkPersona(persona);
  const known = baseline === undefined ? [] : readKnownFindings(baseline);
  return withStand(options, async (where) => {
    const report = await runExamination({ ...run, ...where, persona, known });
    const source = typeof config === 'string' ? config : 'conformance';
    if (reports !== undefined) await writeReports(report, reports, { source });
    return report;
  });
}

async function withStand<Result>(
  options: ConformanceOptions | AllPersonasOptions,
  act: (where: { stand: Stand; peer: Peer }) => Promise<Result>,
): Promise<Result> {
  const { config: given } = options;
  const config = await (typeof given === 'string' ? readConfig(given) : readConfigOf(given));
  await using stand = await startStand(placeOf(options));
  return await act({ stand, peer: alreadyRunning(config) });
}

function checkPersona(name: string | undefined): void {
  try {
    if (name !== undefined) personaOf(name);
  } catch (error) {
    throw new InvalidConfig((error as Error).message);
  }
}

/** The metadata to load into the service provider; `second` is for that of a second organization. */
export async function idpMetadata({
  second = false,
  ...options
}: IdpOptions & { second?: boolean } = {}): Promise<string> {
  await using stand = await startStand(placeOf(options));
  return second ? (await stand.second()).metadata : await stand.metadata();
}

const placeOf = ({ port = standPort, stateFile = standStateFile }: IdpOptions): Required<IdpOptions> => ({
  port,
  stateFile,
});

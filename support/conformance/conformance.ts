/**
 * Entry point `sso-rehearsal/conformance`: attacks a service provider with hundreds of forged responses, and reports
 * which ones it accepts. It reaches only this machine unless `allowHosts` names another host.
 */
import { join } from 'node:path';
import type { ProductModule } from '../product/define-product.ts';
import { readConfig, readConfigOf } from './config.ts';
import { readKnownFindings } from './known-findings.ts';
import { alreadyRunning } from './peer.ts';
import { writeReports } from './report.ts';
import { type ConformanceReport, type RunOptions, runExamination } from './run-examination.ts';
import { standPort, startStand } from './stand.ts';

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
  /** Called after each fault. */
  onRow?: RunOptions['onRow'];
}

/** Throws InvalidConfig, HostNotAllowed, NothingSelected, or SignInFailed if a valid sign-in fails. */
export async function conformance({ config: given, ...options }: ConformanceOptions): Promise<ConformanceReport> {
  const { baseline, reports, ...run } = options;
  const known = baseline === undefined ? [] : readKnownFindings(baseline);
  const config = await (typeof given === 'string' ? readConfig(given) : readConfigOf(given));
  await using stand = await startStand(placeOf(options));
  const report = await runExamination({ ...run, stand, peer: alreadyRunning(config), known });
  if (reports !== undefined)
    await writeReports(report, reports, { source: typeof given === 'string' ? given : 'conformance' });
  return report;
}

/** The metadata to load into the service provider; `second` is for that of a second organization. */
export async function idpMetadata({
  second = false,
  ...options
}: IdpOptions & { second?: boolean } = {}): Promise<string> {
  await using stand = await startStand(placeOf(options));
  return second ? (await stand.second()).metadata : await stand.metadata();
}

const placeOf = ({
  port = standPort,
  stateFile = join('.rehearsal', 'stand.json'),
}: IdpOptions): Required<IdpOptions> => ({
  port,
  stateFile,
});

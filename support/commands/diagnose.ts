/** `npm run -s diagnose -- FILE`: explains captured SAML messages: verdict, every finding, who must fix what. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { messagesIn } from '../diagnosis/capture.ts';
import { readConnectionOptions } from '../diagnosis/connection-options.ts';
import { type Diagnosed, diagnose } from '../diagnosis/diagnose.ts';
import type { Diagnosis, ReportedError } from '../diagnosis/diagnosis.ts';
import type { CapturedMessage } from '../diagnosis/messages.ts';
import { hardenedPolicies, policyValues } from '../diagnosis/policies.ts';
import { reportedErrorsInFile } from '../diagnosis/products/reported-errors.ts';
import { readCapture } from '../diagnosis/read-capture.ts';
import { createRedactor } from '../diagnosis/redact.ts';
import { Unreadable } from '../diagnosis/unreadable.ts';
import { commandLine } from '../terminal/command-line.ts';
import { readOptions, stop } from '../terminal/options.ts';

const help = `${commandLine('diagnose', { args: 'FILE [options]', silent: true })}

  FILE                  a SAMLResponse as XML, base64 or form body; a HAR, SAML-tracer, Burp, Fiddler (.saz) or
                        Playwright trace (.zip) export; a request copied as cURL, fetch or PowerShell; text with one
                        of these, or with an error of the identity provider, such as AADSTS50105 (up to 25 MB);
                        - reads standard input

Settings to judge by (a check without its setting is listed as not verified, and the verdict is not ACCEPT). A capture
with the request says --sp-entity-id, --acs and --request-id itself; options come first:
  --sp-entity-id X      entity ID of the service provider: the audience of the assertion
  --acs URL             ACS URL of the service provider
  --idp-metadata FILE   metadata of the identity provider: entity ID and certificates; or
  --idp-cert FILE       only its signing certificates
  --idp-entity-id X     chooses the identity provider if the metadata has several; or its entity ID, with --idp-cert
  --request-id ID       ID of the request; not needed if the file contains the request
  --at TIME             judge as of this time (default: the time of capture, or else of the message)
  --sp-key FILE         private key of the service provider (PEM), for encrypted assertions
  --policy NAME=VALUE   repeatable; the (strict) default comes first:
${policyHelp()}

Output:
  --json                only one JSON object per message, each on its own line
  --scenario            a feature that replays the findings against the mock identity provider, in the persona of the
                        product that wrote the message
  --persona FILE        with --scenario: in the persona that "persona learn" wrote there
  --show-secrets        show personal data and secrets
  --help                this text

A capture cannot show whether the user has an account or whether an assertion was used outside this file, so the
verdict does not cover it. RelayState is judged if its form was captured.

Exit: 0 accept, 1 reject, 2 usage or unreadable, 3 undetermined; with several messages the worst of 1, 3, 0.`;

function policyHelp(): string {
  return Object.entries(policyValues)
    .map(([name, values]) => {
      const hardened = String(hardenedPolicies[name as keyof typeof hardenedPolicies]);
      const others = values.split('|').filter((value) => value !== hardened);
      return `                          ${name}=${(hardened === '' ? others : [hardened, ...others]).join('|')}`;
    })
    .join('\n');
}

const options = {
  'sp-entity-id': { type: 'string' },
  acs: { type: 'string' },
  'idp-metadata': { type: 'string' },
  'idp-cert': { type: 'string' },
  'idp-entity-id': { type: 'string' },
  'request-id': { type: 'string' },
  at: { type: 'string' },
  'sp-key': { type: 'string' },
  policy: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  scenario: { type: 'boolean' },
  persona: { type: 'string' },
  'show-secrets': { type: 'boolean' },
} as const;

const { values, positionals } = readOptions(help, { options, allowPositionals: true });

process.exitCode = await run().catch((error: unknown) => {
  if (!(error instanceof Unreadable)) throw error;
  const more = commandLine('diagnose', { args: '--help', silent: true });
  return stop(`${error.message}\n${more} lists the options.`);
});

async function run(): Promise<number> {
  const { json = false, scenario = false, persona, 'show-secrets': showSecrets = false, ...connection } = values;
  const [file, ...more] = positionals;
  if (file === undefined) throw new Unreadable('Missing FILE. Use - for standard input.');
  if (more.length > 0) throw new Unreadable(`Only one file at a time, not »${positionals.join(', ')}.`);
  if (json && scenario) throw new Unreadable('Use either --json or --scenario, not both.');
  if (persona !== undefined && !scenario) throw new Unreadable('Use --persona with --scenario only.');
  const settings = await readConnectionOptions(connection);
  for (const warning of settings.warnings ?? []) console.error(`Skipped a certificate. ${warning}`);
  const redactor = createRedactor({ showSecrets });
  const octets = await readCapture(file);
  const reportedErrors = reportedErrorsInFile(octets);
  const messages = messagesOf(octets, reportedErrors);
  if (messages === undefined) {
    const diagnosis: Diagnosis = { verdict: 'undetermined', findings: [], notVerified: ['response'], reportedErrors };
    const { explainReported } = await import('../diagnosis/explain.ts');
    console.log(json ? JSON.stringify(diagnosis) : explainReported(reportedErrors));
    return 3;
  }
  const diagnosed = diagnose(messages, { settings, redactor, reportedErrors });
  for await (const text of output(diagnosed, { json, scenario, persona, showSecrets })) {
    console.log(text);
    // The reader may be slow, or may have closed the pipe.
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain').catch(() => undefined);
  }
  const verdicts = diagnosed.map(({ diagnosis }) => diagnosis.verdict);
  return verdicts.includes('reject') ? 1 : verdicts.includes('undetermined') ? 3 : 0;
}

/** Undefined if there is none, but an error that the identity provider reported. */
function messagesOf(octets: Buffer, reported: readonly ReportedError[]): CapturedMessage[] | undefined {
  try {
    return messagesIn(octets);
  } catch (error) {
    if (error instanceof Unreadable && reported.length > 0) return undefined;
    throw error;
  }
}

interface Output {
  json: boolean;
  scenario: boolean;
  /** The file of a learned persona. */
  persona: string | undefined;
  showSecrets: boolean;
}

/**
 * Printed piece by piece, as the text of thousands of messages takes much more memory than the messages. Modules that
 * only some outputs need are loaded on demand: --json should be quick.
 */
async function* output(
  diagnosed: readonly Diagnosed[],
  { json, scenario, persona, showSecrets }: Output,
): AsyncGenerator<string> {
  if (json) return yield* diagnosed.map(({ diagnosis }) => JSON.stringify(diagnosis));
  if (scenario) return yield await featureOf(diagnosed, persona);
  const { explain } = await import('../diagnosis/explain.ts');
  for (const [index, one] of diagnosed.entries()) {
    if (index > 0) yield `\n${'─'.repeat(60)}\n`;
    yield explain(one, { number: index + 1, total: diagnosed.length, showSecrets });
  }
}

async function featureOf(diagnosed: readonly Diagnosed[], file: string | undefined): Promise<string> {
  const { asFeature } = await import('../diagnosis/as-scenario.ts');
  if (file === undefined) return asFeature(diagnosed).trimEnd();
  const { learnedFile } = await import('../diagnosis/scenario-persona.ts');
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Unreadable(`Cannot read ${file}`);
  });
  return asFeature(diagnosed, learnedFile(file, text)).trimEnd();
}

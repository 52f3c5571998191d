/** `npm run -s diagnose -- FILE`: explains captured SAML messages: verdict, every finding, who must fix what. */
import { once } from 'node:events';
import { messagesIn, readCapture } from '../diagnosis/capture.ts';
import { hardenedPolicies, policyValues, readConnectionOptions } from '../diagnosis/connection-options.ts';
import { type Diagnosed, diagnose } from '../diagnosis/diagnose.ts';
import { createRedactor } from '../diagnosis/redact.ts';
import { Unreadable } from '../diagnosis/unreadable.ts';
import { commandLine } from '../terminal/command-line.ts';
import { readOptions, stop } from '../terminal/options.ts';

const help = `${commandLine('diagnose', { args: 'FILE [options]', silent: true })}

  FILE                  a SAMLResponse as XML, base64 or form body, or a HAR or SAML-tracer export (up to 25 MB);
                        - reads standard input

What is known of the connection; whatever is left out is listed as not verified, and then nothing is accepted:
  --sp-entity-id X      entity ID of the service provider, which the assertion must name as its audience
  --acs URL             its assertion consumer service
  --idp-metadata FILE   the identity provider's metadata: entity ID and certificates; or
  --idp-cert FILE       its signing certificates alone
  --request-id ID       ID of the request that was answered; a request in the same file is found by itself
  --at TIME             judge as at this time (default: the time of capture, else now)
  --sp-key FILE         the service provider's private key (PEM), for encrypted assertions
  --policy NAME=VALUE   may be given several times; the defaults are hardened and stand first:
${policyHelp()}

What is printed:
  --json                one JSON object for each message, each on a line of its own, and nothing else
  --scenario            a feature that replays the same findings against the mock identity provider
  --show-secrets        do not replace personal data and secrets
  --help                this text

Whether the user has an account, and whether an assertion was used outside this file, no capture tells: no verdict
speaks of it. RelayState is judged where its form was captured.

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
  'request-id': { type: 'string' },
  at: { type: 'string' },
  'sp-key': { type: 'string' },
  policy: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  scenario: { type: 'boolean' },
  'show-secrets': { type: 'boolean' },
} as const;

const { values, positionals } = readOptions(help, { options, allowPositionals: true });

process.exitCode = await run().catch((error: unknown) => {
  if (!(error instanceof Unreadable)) throw error;
  const more = commandLine('diagnose', { args: '--help', silent: true });
  return stop(`${error.message}\n${more} tells what may be given.`);
});

async function run(): Promise<number> {
  const { json = false, scenario = false, 'show-secrets': showSecrets = false, ...connection } = values;
  const [file, ...more] = positionals;
  if (file === undefined) throw new Unreadable('Name a file, or - for standard input.');
  if (more.length > 0) throw new Unreadable(`One file at a time: ${positionals.join(', ')}.`);
  if (json && scenario) throw new Unreadable('Choose --json or --scenario.');
  const settings = await readConnectionOptions(connection);
  const redactor = createRedactor({ showSecrets });
  const diagnosed = diagnose(messagesIn(await readCapture(file)), { settings, redactor });
  for await (const text of output(diagnosed, { json, scenario, showSecrets })) {
    console.log(text);
    // Whoever reads it may be slow, or have read enough.
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain').catch(() => undefined);
  }
  const verdicts = diagnosed.map(({ diagnosis }) => diagnosis.verdict);
  return verdicts.includes('reject') ? 1 : verdicts.includes('undetermined') ? 3 : 0;
}

/**
 * Piece by piece, since the words of thousands of messages take much more memory than the messages. What only some of
 * them need is loaded when it is needed: a diagnosis as JSON should be quick.
 */
async function* output(
  diagnosed: readonly Diagnosed[],
  { json, scenario, showSecrets }: { json: boolean; scenario: boolean; showSecrets: boolean },
): AsyncGenerator<string> {
  const diagnoses = diagnosed.map(({ diagnosis }) => diagnosis);
  if (json) return yield* diagnoses.map((one) => JSON.stringify(one));
  if (scenario) return yield (await import('../diagnosis/as-scenario.ts')).asFeature(diagnoses).trimEnd();
  const { explain } = await import('../diagnosis/explain.ts');
  for (const [index, one] of diagnosed.entries()) {
    if (index > 0) yield `\n${'─'.repeat(60)}\n`;
    yield explain(one, { number: index + 1, total: diagnosed.length, showSecrets });
  }
}

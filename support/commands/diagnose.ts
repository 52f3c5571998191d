/** `npm run -s diagnose -- FILE`: explains a captured SAMLResponse: verdict, every finding, who must fix what. */
import { readFileSync, statSync } from 'node:fs';
import { parseArgs, styleText } from 'node:util';
import { asScenario } from '../diagnosis/as-scenario.ts';
import { CaptureError, limits, readCapture } from '../diagnosis/capture.ts';
import { diagnose, relative, type Diagnosed } from '../diagnosis/diagnose.ts';
import { policyValues, told, ToldError } from '../diagnosis/told.ts';

const help = `npm run -s diagnose -- FILE [options]

  FILE                  a SAMLResponse as XML, base64 or form body, or a HAR or SAML-tracer export; - reads standard input
  --sp-entity-id X      the audience that the service provider expects
  --acs URL             its assertion consumer service
  --idp-metadata FILE   the identity provider's metadata, or
  --idp-cert FILE       its signing certificate alone
  --request-id ID       ID of the request that was answered
  --at TIME             judge as at this time (default: the time of capture, else now)
  --sp-key FILE         the service provider's private key (PEM), for encrypted assertions
  --policy NAME=VALUE   may be given several times; hardened by default:
${Object.entries(policyValues).map(([name, values]) => `                          ${name}=${values}`).join('\n')}
  --scenario            print a scenario that replays the same findings
  --json                one JSON object for each message, each on a line of its own
  --show-secrets        do not redact personal data and secrets
  --help                this text

Exit: 0 accept, 1 reject, 2 usage or unreadable, 3 undetermined. What was not told is listed as not verified; without it nothing is accepted.`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'sp-entity-id': { type: 'string' }, acs: { type: 'string' }, 'idp-metadata': { type: 'string' }, 'idp-cert': { type: 'string' }, 'request-id': { type: 'string' }, at: { type: 'string' }, 'sp-key': { type: 'string' },
      policy: { type: 'string', multiple: true }, scenario: { type: 'boolean' }, json: { type: 'boolean' }, 'show-secrets': { type: 'boolean' }, help: { type: 'boolean' },
    },
  });
  if (values.help) console.log(help);
  else {
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw new ToldError('give one file, or - for standard input');
    const results = diagnose(readCapture(contentOf(path)), told(values), { showSecrets: values['show-secrets'] ?? false });
    if (values.scenario) console.log(results.map(asScenario).join('\n'));
    else for (const result of results) console.log(values.json ? JSON.stringify(plain(result)) : inWords(result));
    process.exitCode = Math.max(...results.map(({ verdict }) => ({ accept: 0, undetermined: 1, reject: 2 })[verdict])) === 2 ? 1 : results.some(({ verdict }) => verdict === 'undetermined') ? 3 : 0;
  }
} catch (error) {
  const known = error instanceof ToldError || error instanceof CaptureError || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS');
  if (!known) throw error;
  console.error(`${(error as Error).message}${error instanceof CaptureError ? '' : '\nnpm run -s diagnose -- --help lists the options.'}`);
  process.exitCode = 2;
}

function contentOf(path: string): string {
  try {
    if (path !== '-' && statSync(path).size > limits.octets) throw new CaptureError(`${path} is larger than ${limits.octets / 1024 / 1024} MB.`);
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    if (error instanceof CaptureError) throw error;
    throw new ToldError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`);
  }
}

function plain({ verdict, findings, notVerified }: Diagnosed): object {
  return { verdict, findings, notVerified };
}

function inWords({ verdict, findings, notVerified, message, judgedAt }: Diagnosed): string {
  const fixers: Readonly<Record<string, string>> = { 'idp-admin': 'the administrator of the identity provider', 'sp-admin': 'the administrator of the service provider', user: 'the user', network: 'whoever runs the network or the clocks', vendor: 'the vendor' };
  const colour = { accept: 'green', reject: 'red', undetermined: 'yellow' } as const;
  return [
    `${styleText('bold', styleText(colour[verdict], verdict.toUpperCase()))}   judged as at ${judgedAt.toISOString()}`,
    ...findings.map(({ code, message: sentence, expected, received, path, fixedBy, fix, reference }, index) => [
      `\n${index + 1}. ${styleText('bold', sentence)}  [${code}]`,
      ...(expected === undefined ? [] : [`   expected   ${relative(expected, judgedAt)}`]),
      ...(received === undefined ? [] : [`   received   ${relative(received, judgedAt)}`]),
      ...(path === undefined ? [] : [`   where      ${path}`]),
      `   who        ${fixers[fixedBy] ?? fixedBy}`, `   how        ${fix}`, `   rule       ${reference}`,
    ].join('\n')),
    ...(notVerified.length === 0 ? [] : [`\nNot verified, since nobody told: ${notVerified.join(', ')}`]),
    ...(message.length === 0 ? [] : [`\n${message.map(({ text, marked }) => (marked ? styleText('inverse', `> ${text}`) : `  ${text}`)).join('\n')}`]),
  ].join('\n');
}

/** `npm run bench`: measures the stack, a whole rehearsal, sign-ins, evidence and identity providers. */
import type { EvidenceCost } from '../bench/evidence.ts';
import { type FirstResponse, measureFirstResponse } from '../bench/first-response.ts';
import type { IdentityProviders } from '../bench/identity-providers.ts';
import { type IdpLoad, measureIdpLoad } from '../bench/idp-load.ts';
import type { Journey } from '../bench/journey.ts';
import { measureReadiness } from '../bench/readiness.ts';
import { measureSignIns } from '../bench/sign-ins.ts';
import { measureSuites, type Suites } from '../bench/suites.ts';
import { readOptions, sayHowToSelect, stop, wholeNumber } from '../terminal/options.ts';

const help = `npm run bench [-- options]

  --only NAME      one of: readiness, first-response, journey, sign-ins, idp-load, evidence, identity-providers,
                   suites
  --sign-ins N     number of sign-ins for the memory measurements (5000)
  --json           one JSON object, nothing else (with npm run -s)
  --help           this text`;

const parts = [
  'readiness',
  'first-response',
  'journey',
  'sign-ins',
  'idp-load',
  'evidence',
  'identity-providers',
  'suites',
] as const;
type Part = (typeof parts)[number];

const { values } = readOptions(help, {
  options: {
    json: { type: 'boolean' },
    only: { type: 'string' },
    'sign-ins': { type: 'string', default: '5000' },
  },
});
const only = values.only as Part | undefined;
if (only !== undefined && !parts.includes(only)) stop(`--only must be one of: ${parts.join(', ')}`, help);
const signIns = wholeNumber('--sign-ins', values['sign-ins'], { from: 100 });
sayHowToSelect(values);
const wanted = (part: Part): boolean => only === undefined || only === part;
const results = {
  ...(wanted('readiness') ? { readiness: await measureReadiness() } : {}),
  ...(wanted('first-response') ? { firstResponse: await measureFirstResponse() } : {}),
  // Loaded last: the browser driver must not count towards the memory of the stack.
  ...(wanted('journey') ? { journey: await (await import('../bench/journey.ts')).measureJourney() } : {}),
  ...(wanted('sign-ins') ? { signIns: await measureSignIns({ total: signIns }) } : {}),
  ...(wanted('idp-load') ? { idpLoad: await measureIdpLoad({ signIns }) } : {}),
  ...(wanted('evidence') ? { evidence: await (await import('../bench/evidence.ts')).measureEvidence() } : {}),
  ...(wanted('identity-providers')
    ? { identityProviders: await (await import('../bench/identity-providers.ts')).measureIdentityProviders() }
    : {}),
  ...(wanted('suites') ? { suites: await measureSuites() } : {}),
};
if (values.json) console.log(JSON.stringify(results));
else print(results);

type Row = [name: string, figure: string, target: string];

function print({
  readiness,
  firstResponse,
  journey,
  signIns,
  idpLoad,
  evidence,
  identityProviders,
  suites,
}: {
  readiness?: Awaited<ReturnType<typeof measureReadiness>>;
  firstResponse?: FirstResponse;
  journey?: Journey;
  signIns?: Awaited<ReturnType<typeof measureSignIns>>;
  idpLoad?: IdpLoad;
  evidence?: EvidenceCost;
  identityProviders?: IdentityProviders;
  suites?: Suites;
}): void {
  const rows: Row[] = [];
  if (readiness) {
    rows.push(
      ['stack ready, warm', `${readiness.medianMs.toFixed(0)} ms`, '≤ 500 ms'],
      ['resident memory', `${readiness.residentMb.toFixed(0)} MB`, '< 200 MB'],
    );
  }
  if (firstResponse) {
    const { medianMs, twelveMs, withKeysFile, keyMs, keyCpuMs } = firstResponse;
    rows.push(
      ['mock in this process, to the first response', `${medianMs.toFixed(0)} ms`, '≤ 60 ms on free processors'],
      ['  twelve of them at once', `${twelveMs.toFixed(0)} ms`, '≤ 1500 ms'],
      ['  with a keys file', `${withKeysFile.medianMs.toFixed(0)} ms`, ''],
      ['  twelve with a keys file', `${withKeysFile.twelveMs.toFixed(0)} ms`, ''],
      ['  one RSA-2048 key alone', `${keyMs.toFixed(0)} ms`, `${keyCpuMs.toFixed(0)} ms of processor time`],
    );
  }
  if (journey) {
    rows.push(['whole journey, median', `${journey.medianMs.toFixed(0)} ms`, '≤ 1500 ms']);
    for (const { stage, medianMs } of journey.stages) rows.push([`  ${stage}`, `${medianMs.toFixed(0)} ms`, '']);
  }
  if (signIns) {
    for (const { atATime, perSecond } of signIns.rates)
      rows.push([`sign-ins a second, ${atATime} at a time`, perSecond.toFixed(0), '≥ 60, aim 200']);
    rows.push([
      `memory over ${signIns.memory.signIns} sign-ins`,
      `${signIns.memory.startMb.toFixed(0)} → ${signIns.memory.endMb.toFixed(0)} MB`,
      'flat',
    ]);
  }
  if (idpLoad) rows.push(...loadRows(idpLoad));
  if (evidence) {
    rows.push(['time with evidence / without', evidence.ratio.toFixed(2), '≤ 1.25']);
    rows.push(
      [
        `  ${evidence.scenarios} scenarios, without → with`,
        `${(evidence.withoutMs / 1000).toFixed(1)} → ${(evidence.withMs / 1000).toFixed(1)} s`,
        '',
      ],
      ['  size of the report', `${evidence.reportKb.toFixed(0)} KB`, ''],
    );
  }
  if (identityProviders) rows.push(...providerRows(identityProviders));
  if (suites) {
    rows.push(
      ['npm run bdd', `${(suites.bddMs / 1000).toFixed(0)} s`, '≤ 45 s at 3600 signatures a second'],
      ['npm test', `${(suites.testMs / 1000).toFixed(0)} s`, '≤ 160 s at 3600 signatures a second'],
      ['RSA-2048 signatures a second here', suites.signaturesPerSecond.toFixed(0), ''],
    );
  }
  const width = Math.max(...rows.map(([name, figure]) => (figure === '' ? 0 : name.length)));
  for (const [name, figure, target] of rows)
    console.log(`${name.padEnd(width)}  ${figure.padStart(14)}  ${target}`.trimEnd());
}

function loadRows({ signIns, perSecond, perCpuSecond, signaturesPerCpuSecond, share, memory }: IdpLoad): Row[] {
  const { startMb, mostMb, endMb } = memory;
  return [
    [`the mock’s login page, ${signIns} sign-ins, a second`, perSecond.toFixed(0), ''],
    ['  per second of processor time', perCpuSecond.toFixed(0), ''],
    ['  RSA-2048 signatures per second of it', signaturesPerCpuSecond.toFixed(0), 'two for each sign-in'],
    ['  share of the limit of two signatures', share.toFixed(2), '≥ 0.5'],
    [
      '  memory after a tenth → most → end',
      `${startMb.toFixed(0)} → ${mostMb.toFixed(0)} → ${endMb.toFixed(0)} MB`,
      'within 10 %',
    ],
  ];
}

function providerRows({ measured, absent, signing }: IdentityProviders): Row[] {
  const rows: Row[] = [];
  for (const { name, firstSignInMs, perSecond, perCpuSecond, residentMb } of measured) {
    rows.push(
      [`${name}: to the first sign-in`, `${firstSignInMs.toFixed(0)} ms`, ''],
      ['  sign-ins a second, one at a time', perSecond.toFixed(0), ''],
      ['  per second of its processor time', perCpuSecond?.toFixed(0) ?? 'unknown', ''],
      ['  resident memory', residentMb === undefined ? 'unknown' : `${residentMb.toFixed(0)} MB`, ''],
    );
  }
  for (const { name, why } of absent) rows.push([`${name}: ${why}`, '', '']);
  rows.push(
    ['RSA-2048 signatures a second, node:crypto alone', signing.rawPerSecond.toFixed(0), ''],
    ['  in the mock’s responses', signing.inAnswersPerSecond.toFixed(0), ''],
    ['  share of the limit', signing.share.toFixed(2), '≥ 0.5'],
  );
  return rows;
}

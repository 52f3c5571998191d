/** The findings as SARIF 2.1.0, for code scanning. It contains no response and no reply, which may contain secrets. */
import { createHash } from 'node:crypto';
import { bySeverity } from './causes.ts';
import type { Examination, Reported, Row } from './examination.ts';
import { isAccepted } from './known-findings.ts';
import type { Severity } from './severity.ts';

export interface SarifOptions {
  /** The file that describes the service provider, relative to the repository: findings are shown there. */
  source: string;
}

/** How SARIF and code scanning express a severity. A rejected valid response has none: it lets no attacker in. */
const levels: Record<Severity | 'none', { level: 'error' | 'warning' | 'note'; score?: string }> = {
  critical: { level: 'error', score: '9.5' },
  high: { level: 'error', score: '8.0' },
  medium: { level: 'warning', score: '5.5' },
  low: { level: 'note', score: '2.5' },
  none: { level: 'warning' },
};

export function sarif(examination: Reported, { source }: SarifOptions): string {
  const findings = examination.rows.filter(({ result }) => result === 'fail').toSorted(bySeverity);
  // The worst finding of a code decides how severe its rule is.
  const rules = findings.filter(({ code }, index) => findings.findIndex((one) => one.code === code) === index);
  const run = {
    tool: {
      driver: {
        name: 'sso-rehearsal',
        rules: rules.map(ruleOf),
      },
    },
    automationDetails: { id: `sso-rehearsal/conformance/${examination.name}/` },
    invocations: [invocationOf(examination)],
    results: findings.map((row) => ({
      ruleId: row.code,
      ruleIndex: rules.findIndex(({ code }) => code === row.code),
      level: levels[row.severity ?? 'none'].level,
      message: { text: `${examination.name}, ${row.phrase}: ${row.why}` },
      locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(source) }, region: { startLine: 1 } } }],
      ...(isAccepted(row, examination.compared) ? { suppressions: [{ kind: 'external', status: 'accepted' }] } : {}),
      // The same finding of a later run counts as the same.
      partialFingerprints: { 'phrase/v1': createHash('sha256').update(`${row.code}\n${row.phrase}`).digest('hex') },
    })),
  };
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
  return JSON.stringify(log, null, 2);
}

const uriOf = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

function ruleOf({ code, phrase, sentence, rule, severity }: Row): object {
  const { level, score } = levels[severity ?? 'none'];
  return {
    id: code,
    shortDescription: { text: phrase },
    fullDescription: { text: sentence },
    help: { text: `${sentence}\nRule: ${rule}` },
    defaultConfiguration: { level },
    properties: score === undefined ? { tags: ['saml'] } : { tags: ['saml', 'security'], 'security-severity': score },
  };
}

const invocationOf = ({ at, tookMs, endedEarly }: Examination): object => ({
  executionSuccessful: endedEarly === undefined,
  startTimeUtc: at,
  endTimeUtc: new Date(Date.parse(at) + tookMs).toISOString(),
  ...(endedEarly === undefined
    ? {}
    : { toolExecutionNotifications: [{ level: 'error', message: { text: endedEarly } }] }),
});

/** A finding for display: what was expected and received, where, who fixes it, how, and the rule. */
import { adviceOn, type Finding, type FixedBy } from './rejection-advice.ts';

export const fixers: Readonly<Record<FixedBy, string>> = {
  'idp-admin': 'the administrator of the identity provider',
  'sp-admin': 'the administrator of the service provider',
  user: 'the user',
  network: 'the administrator of the network or the clocks',
  vendor: 'the vendor',
};

/** `the user, or the vendor` */
export const anyOf = (fixedBy: readonly FixedBy[]): string => fixedBy.map((who) => fixers[who]).join(', or ');

const labels = {
  expected: 'Expected',
  received: 'Received',
  where: 'Where',
  who: 'Who fixes it',
  how: 'How',
  rule: 'Rule',
} as const;

export interface Fact {
  name: keyof typeof labels;
  /** The label on a page. */
  label: string;
  value: string;
  /** True if the value is text of the message or an XPath. */
  isCode: boolean;
}

/** The known facts, in the order of display. */
export function factsOf(finding: Finding): Fact[] {
  const { expected, received, path, line } = finding;
  const { fixedBy, fix, reference } = adviceOn(finding);
  const fact = (name: Fact['name'], value: string | undefined, isCode = false): Fact[] =>
    value === undefined ? [] : [{ name, label: labels[name], value: value === '' ? '(empty)' : value, isCode }];
  return [
    ...fact('expected', expected, true),
    ...fact('received', received, true),
    ...fact('where', path ?? lineAsText(line), path !== undefined),
    ...fact('who', fixers[fixedBy]),
    ...fact('how', fix),
    ...fact('rule', reference),
  ];
}

const lineAsText = (line: number | undefined): string | undefined => (line === undefined ? undefined : `line ${line}`);

/** Where k6 finds hosts: it knows neither HOSTS nor names below localhost. */
import { isIP } from 'node:net';
import { hostRules } from '../stack/hosts.ts';

/** k6's `hosts`. Names below localhost stay on this machine: load there needs no permission. */
export function hostAddresses(env: NodeJS.ProcessEnv = process.env): Readonly<Record<string, string>> {
  const rules = hostRules(env).flatMap(({ pattern, to = '' }) =>
    isIP(to) > 0 && isForK6(pattern) && !isHere(pattern) ? [[pattern, to] as const] : [],
  );
  // The first rule counts.
  return { ...Object.fromEntries(rules.toReversed()), '*.localhost': '127.0.0.1' };
}

/** `*` only as the first part of a name. */
const isForK6 = (pattern: string): boolean => /^(\*\.)?[^*]+$/.test(pattern);

const isHere = (pattern: string): boolean => /(^|\.)localhost$/.test(pattern);

/** Lines as k6 writes them with --out json, for tests. */

export interface SignInLine {
  /** Seconds after the start. */
  at?: number;
  outcome?: string;
  phase?: string;
  cause?: string;
  fault?: string;
  person?: string;
  shown?: string;
  message?: string;
}

const start = Date.UTC(2026, 10, 30, 9);

const point = (metric: string, value: number, { tags = {}, metadata = {}, at = 0 }: object & Partial<Extra>): string =>
  JSON.stringify({
    metric,
    type: 'Point',
    data: { time: new Date(start + at * 1000).toISOString(), value, tags, metadata },
  });

interface Extra {
  tags: Readonly<Record<string, string>>;
  metadata: Readonly<Record<string, string>>;
  at: number;
}

const defined = (fields: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

export function signInLine({ at = 0, outcome = 'signed in', phase = 'steady', ...rest }: SignInLine = {}): string {
  const { cause, fault, person = 'user1@acme.example', shown, message } = rest;
  return point('sso_sign_ins', 1, {
    at,
    tags: defined({ outcome, phase, cause, fault }),
    metadata: defined({ person, shown, message, begun: String(start + at * 1000) }),
  });
}

export const legLine = (leg: string, ms: number, phase = 'steady'): string =>
  point('sso_leg', ms, { tags: { leg, phase } });

export const ownLine = (ms: number, { at = 0, phase = 'steady' } = {}): string =>
  point('sso_sign_in', ms, { at, tags: { phase } });

export const phaseLine = (phase: string, event: 'begins' | 'ends', at: number): string =>
  point('sso_phases', 1, { at, tags: { phase, event } });

export const droppedLine = (count: number): string => point('dropped_iterations', count, {});

/** Reads the raw output of k6 (`--out json`), of which only our own metrics matter. */
import { type LegTimes, legs } from './played/legs.ts';
import { type Outcome, outcomes } from './played/sign-in.ts';

export type Point =
  | {
      kind: 'sign-in';
      /** When it began, in milliseconds. */
      begun: number;
      outcome: Outcome;
      phase: string;
      cause: string | undefined;
      fault: string | undefined;
      /** The name that the product should show. */
      person: string;
      shown: string | undefined;
      message: string | undefined;
    }
  | { kind: 'leg'; leg: keyof LegTimes; phase: string; ms: number }
  | { kind: 'own time'; phase: string; ms: number; at: number }
  | { kind: 'phase'; phase: string; begins: boolean; at: number }
  | { kind: 'dropped'; count: number };

interface Line {
  type: string;
  metric: string;
  data: { time: string; value: number; tags?: Record<string, string>; metadata?: Record<string, string> };
}

const own = /^\{"metric":"(sso_|dropped_iterations")/;

/** Undefined for other metrics, and for what is not a point. */
export function readPoint(line: string): Point | undefined {
  if (!own.test(line)) return undefined;
  const parsed = parse(line);
  if (parsed?.type !== 'Point') return undefined;
  const { metric, data } = parsed;
  const { time, value, tags = {}, metadata = {} } = data;
  const { phase = '', leg } = tags;
  const at = Date.parse(time);
  switch (metric) {
    case 'sso_sign_ins':
      return signIn(tags, metadata, at);
    case 'sso_leg':
      return isLeg(leg) ? { kind: 'leg', leg, phase, ms: value } : undefined;
    case 'sso_sign_in':
      return { kind: 'own time', phase, ms: value, at };
    case 'sso_phases':
      return { kind: 'phase', phase, begins: tags.event === 'begins', at };
    case 'dropped_iterations':
      return { kind: 'dropped', count: value };
    default:
      return undefined;
  }
}

function parse(line: string): Line | undefined {
  try {
    return JSON.parse(line) as Line;
  } catch {
    // The last line of a file whose k6 was killed.
    return undefined;
  }
}

function signIn(
  { outcome, phase = '', cause, fault }: Record<string, string>,
  { begun, person = '', shown, message }: Record<string, string>,
  at: number,
): Point | undefined {
  const known = outcomes.find((one) => one === outcome);
  if (known === undefined) return undefined;
  return {
    kind: 'sign-in',
    begun: begun === undefined ? at : Number(begun),
    outcome: known,
    phase,
    cause,
    fault,
    person,
    shown,
    message,
  };
}

const isLeg = (text: string | undefined): text is keyof LegTimes => legs.some((one) => one === text);

/** Splits a stream of text into lines. */
export async function* linesOf(stream: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const piece of stream) {
    const text: string = rest + (typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true }));
    const lines = text.split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== '') yield rest;
}

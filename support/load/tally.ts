/** Counts the sign-ins of a run while it goes on: values and not averages, so that several runs can be merged. */
import type { Leg } from './played/legs.ts';
import type { Outcome } from './played/sign-in.ts';
import type { Point } from './points.ts';

type SignIn = Extract<Point, { kind: 'sign-in' }>;

/** A sign-in that must not happen. */
export interface Incident {
  outcome: Extract<Outcome, 'mix-up' | 'fault accepted' | 'session not ended'>;
  /** ISO 8601. */
  at: string;
  phase: string;
  /** The user who signed in, by the name that the product should show. */
  person: string;
  /** The name that the product showed. */
  shown: string | undefined;
  fault: string | undefined;
  /** The SAML response of this sign-in, and of the user who was shown; base64. */
  message: string | undefined;
  otherMessage: string | undefined;
}

export interface Second {
  good: number;
  bad: number;
  faults: number;
}

export interface Tally {
  counts: Record<Outcome, number>;
  /** Of sign-ins without a fault, by phase. */
  phases: Map<string, { signedIn: number; failed: number; failedAtIdp: number }>;
  causes: Map<string, { count: number; firstAt: number; phases: Set<string> }>;
  faults: Map<string, { sent: number; accepted: number }>;
  legs: Map<Leg, Map<string, number[]>>;
  /** Milliseconds of a sign-in without the IdP's part, by phase. */
  own: Map<string, number[]>;
  ownAt: { at: number; ms: number }[];
  /** By second of the epoch in which the sign-in began. */
  seconds: Map<number, Second>;
  phaseEvents: { phase: string; begins: boolean; at: number }[];
  incidents: Incident[];
  dropped: number;
  add(point: Point): void;
}

export const mostIncidents = 20;
const messagesKept = 4_000;
const charactersKept = 32 * 1024 * 1024;

/** Causes that are not the product's. */
export const isOfIdp = (cause: string | undefined): boolean => cause !== undefined && /^the IdP /.test(cause);

export function createTally(): Tally {
  const messages = rememberMessages();
  const tally: Tally = {
    counts: {
      'signed in': 0,
      'not signed in': 0,
      'mix-up': 0,
      'fault accepted': 0,
      'fault rejected': 0,
      'session not ended': 0,
    },
    phases: new Map(),
    causes: new Map(),
    faults: new Map(),
    legs: new Map(),
    own: new Map(),
    ownAt: [],
    seconds: new Map(),
    phaseEvents: [],
    incidents: [],
    dropped: 0,
    add(point) {
      if (point.kind === 'sign-in') addSignIn(tally, point, messages);
      else if (point.kind === 'leg') entry(entry(tally.legs, point.leg, newMap), point.phase, newList).push(point.ms);
      else if (point.kind === 'own time') {
        entry(tally.own, point.phase, newList).push(point.ms);
        tally.ownAt.push({ at: point.at, ms: point.ms });
      } else if (point.kind === 'phase') {
        const { phase, begins, at } = point;
        tally.phaseEvents.push({ phase, begins, at });
      } else tally.dropped += point.count;
    },
  };
  return tally;
}

const newMap = (): Map<string, number[]> => new Map();
const newList = (): number[] => [];

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

function addSignIn(tally: Tally, signIn: SignIn, messages: Messages): void {
  const { outcome, phase, cause, fault, begun } = signIn;
  tally.counts[outcome]++;
  const second = entry(tally.seconds, Math.floor(begun / 1000), () => ({ good: 0, bad: 0, faults: 0 }));
  if (fault !== undefined && outcome.startsWith('fault')) {
    const row = entry(tally.faults, fault, () => ({ sent: 0, accepted: 0 }));
    row.sent++;
    if (outcome === 'fault accepted') row.accepted++;
    second.faults++;
  } else {
    const row = entry(tally.phases, phase, () => ({ signedIn: 0, failed: 0, failedAtIdp: 0 }));
    if (outcome === 'not signed in') row[isOfIdp(cause) ? 'failedAtIdp' : 'failed']++;
    else row.signedIn++;
    second[outcome === 'not signed in' ? 'bad' : 'good']++;
  }
  if (cause !== undefined && outcome === 'not signed in') {
    const row = entry(tally.causes, cause, () => ({ count: 0, firstAt: begun, phases: new Set<string>() }));
    row.count++;
    row.phases.add(phase);
  }
  messages.add(signIn);
  if (outcome === 'mix-up' || outcome === 'fault accepted' || outcome === 'session not ended')
    addIncident(tally, { ...signIn, outcome }, messages);
}

function addIncident(
  { incidents }: Tally,
  { outcome, begun, phase, person, shown, fault, message }: SignIn & Pick<Incident, 'outcome'>,
  messages: Messages,
): void {
  if (incidents.length >= mostIncidents) return;
  const at = new Date(begun).toISOString();
  const incident: Incident = { outcome, at, phase, person, shown, fault, message, otherMessage: undefined };
  incidents.push(incident);
  if (outcome === 'mix-up' && shown !== undefined)
    messages.find(shown, (found) => {
      incident.otherMessage = found;
    });
}

interface Messages {
  add(signIn: SignIn): void;
  /** Calls back at once, or when that user has signed in. */
  find(person: string, use: (message: string) => void): void;
}

/** The newest message of each user, within limits: a mix-up is shown with both. */
function rememberMessages(): Messages {
  const kept = new Map<string, string>();
  const wanted = new Map<string, ((message: string) => void)[]>();
  let characters = 0;
  const drop = (key: string): void => {
    characters -= kept.get(key)?.length ?? 0;
    kept.delete(key);
  };
  return {
    add({ person, message }) {
      if (message === undefined) return;
      const key = person.toLowerCase();
      for (const use of wanted.get(key) ?? []) use(message);
      wanted.delete(key);
      drop(key);
      kept.set(key, message);
      characters += message.length;
      while (kept.size > messagesKept || characters > charactersKept) drop(kept.keys().next().value!);
    },
    find(person, use) {
      const key = person.toLowerCase();
      const message = kept.get(key);
      if (message !== undefined) use(message);
      else wanted.set(key, [...(wanted.get(key) ?? []), use]);
    },
  };
}

/**
 * Which products of identity providers a service provider works with: a valid sign-in as each of them writes, and, if
 * it fails, the facts that trip the service provider.
 */
import { personas } from '../../mock-idp/personas/catalogue.ts';
import type { PersonaCode } from '../../mock-idp/personas/codes.ts';
import type { Fact, Persona, Plan } from '../../mock-idp/personas/persona.ts';
import type { PlanChange } from '../../mock-idp/personas/plan.ts';
import { BaselineFailed } from './baseline.ts';
import { type ExamineOptions, withValidSignIn } from './examine.ts';
import type { PlayedPersona } from './stand.ts';

type FactKey = keyof Plan;

export interface Trip {
  fact: FactKey;
  /** The product’s setting. */
  value: unknown;
  /** In the words of the service provider's page. */
  reply: string;
}

export interface PersonaRow {
  persona: PersonaCode;
  name: string;
  works: boolean;
  /** Why the sign-in failed; empty if it works. */
  why: string;
  /** In the words of the service provider's page; empty if it works. */
  reply: string;
  /** Facts that each make a sign-in fail; if none does alone, the fewest that do together. Empty if it works. */
  trips: readonly Trip[];
  /** True if no fact alone makes a sign-in fail. */
  together: boolean;
}

/** Facts without a part in a response; the entity ID stays that of the stand, which the service provider knows. */
const withoutPart: readonly FactKey[] = [
  'entityId',
  'ssoAddress',
  'sloAddress',
  'metadata',
  'rejections',
  'errorResponse',
  'login',
  'switchesCertificate',
];

/** The persona on the stand: under the stand's entity ID. */
export const onStand = (name: string): PlayedPersona => ({ name, set: { entityId: '' } });

type Outcome = undefined | { why: string; reply: string };
type SignIn = (persona: PlayedPersona) => Promise<Outcome>;

/** Throws as `examine` does if a valid sign-in fails without a persona. */
export const tryPersonas = (
  options: ExamineOptions,
  { onRow = () => undefined }: { onRow?: (row: PersonaRow) => void } = {},
): Promise<PersonaRow[]> =>
  withValidSignIn(options, async ({ app }, validSignIn) => {
    const signIn: SignIn = async (persona) => {
      await app.play(persona);
      return validSignIn().then(
        () => undefined,
        (error: unknown) => {
          if (!(error instanceof BaselineFailed)) throw error;
          return { why: error.message, reply: shortened(error.attempt.reply?.text) };
        },
      );
    };
    const search = new Search(signIn);
    const rows: PersonaRow[] = [];
    for (const persona of Object.values(personas)) {
      const row = await tryPersona(persona, signIn, search);
      rows.push(row);
      onRow(row);
    }
    return rows;
  });

async function tryPersona(persona: Persona, signIn: SignIn, search: Search): Promise<PersonaRow> {
  const { code, name } = persona;
  const outcome = await signIn(onStand(code));
  const facts = factsOf(persona);
  if (outcome === undefined) search.harmless(facts);
  const alone = outcome === undefined ? [] : await search.tripping(facts);
  const together = outcome !== undefined && alone.length === 0;
  const trips = together ? await fewest(facts, signIn) : alone;
  return { persona: code, name, works: outcome === undefined, ...(outcome ?? { why: '', reply: '' }), trips, together };
}

/** Leaves out one fact after the other, as long as the sign-in still fails. */
async function fewest(facts: readonly KnownFact[], signIn: SignIn): Promise<Trip[]> {
  let left = facts;
  let reply = '';
  for (const fact of facts) {
    const others = left.filter((one) => one !== fact);
    const outcome = await signIn({ set: settingsOf(others) });
    if (outcome === undefined) continue;
    left = others;
    reply = outcome.reply;
  }
  return left.map(({ key, value }) => ({ fact: key, value, reply }));
}

const settingsOf = (facts: readonly KnownFact[]): PlanChange =>
  Object.fromEntries(facts.map(({ key, value }) => [key, value])) as PlanChange;

interface KnownFact {
  key: FactKey;
  value: unknown;
}

const factsOf = ({ facts }: Persona): KnownFact[] =>
  (Object.entries(facts) as [FactKey, Fact<unknown> | undefined][]).flatMap(([key, fact]) =>
    fact === undefined || withoutPart.includes(key) ? [] : [{ key, value: fact.value }],
  );

/** Looks for tripping facts by halves, and remembers across products what is harmless and what trips. */
class Search {
  readonly #signIn: SignIn;
  readonly #known = new Map<string, Trip | undefined>();
  constructor(signIn: SignIn) {
    this.#signIn = signIn;
  }

  harmless(facts: readonly KnownFact[]): void {
    for (const fact of facts) this.#known.set(nameOf(fact), undefined);
  }

  async tripping(facts: readonly KnownFact[]): Promise<Trip[]> {
    await this.#learn(facts.filter((fact) => !this.#known.has(nameOf(fact))));
    return facts.flatMap((fact) => this.#known.get(nameOf(fact)) ?? []);
  }

  async #learn(facts: readonly KnownFact[]): Promise<void> {
    const [first] = facts;
    if (first === undefined) return;
    const outcome = await this.#signIn({ set: settingsOf(facts) });
    if (outcome === undefined) return this.harmless(facts);
    if (facts.length === 1) {
      this.#known.set(nameOf(first), { fact: first.key, value: first.value, reply: outcome.reply });
      return;
    }
    const half = Math.ceil(facts.length / 2);
    await this.#learn(facts.slice(0, half));
    await this.#learn(facts.slice(half));
  }
}

const nameOf = ({ key, value }: KnownFact): string => `${key} ${JSON.stringify(value)}`;

const shortened = (text = ''): string => text.replace(/\s+/g, ' ').trim().slice(0, 200);

/** Lines for the terminal: the products that work, and what trips the service provider at the others. */
export const personaLines = (rows: readonly PersonaRow[]): string[] =>
  rows.flatMap(({ name, works, why, reply, trips, together }) => [
    `${works ? 'works' : 'FAILS'}  ${name}${works ? '' : `: ${why}`}`,
    ...(works || reply === '' ? [] : [`       Its page says “${reply}”.`]),
    ...(together && trips.length > 0 ? ['       These facts make it fail together:'] : []),
    ...trips.map(({ fact, value }) => `       ${fact}: ${JSON.stringify(value)}`),
  ]);

/**
 * Which products of identity providers a service provider works with: a valid sign-in as each of them writes, and, if
 * it fails, the facts that trip the service provider.
 */
import { personas } from '../../mock-idp/personas/catalogue.ts';
import { type PersonaCode, personaCodes } from '../../mock-idp/personas/codes.ts';
import type { Fact, Persona, Plan } from '../../mock-idp/personas/persona.ts';
import type { PlanChange } from '../../mock-idp/personas/plan.ts';
import { BaselineFailed } from './baseline.ts';
import { encryptsAll } from './examination.ts';
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
  /** Set if an encrypted sign-in works, but not if it is encrypted as by the product. */
  encrypted?: Trip | undefined;
}

/** Facts without a part in a response; the entity ID stays that of the stand, which the service provider knows. */
const withoutPart: readonly FactKey[] = [
  'entityId',
  'ssoAddress',
  'sloAddress',
  'rejections',
  'errorResponse',
  'login',
  'switchesCertificate',
];

/** The persona on the stand: under the stand's entity ID. */
export const onStand = (name: string): PlayedPersona => ({ name, set: { entityId: '' } });

/** With times that no service provider should mind, so that a product's times can be told apart from ours. */
const base: PlanChange = { conditions: [60, 300], session: 28_800 };

type Outcome = undefined | { why: string; reply: string };
type SignIn = (persona: PlayedPersona, how?: { isEncrypted: boolean }) => Promise<Outcome>;

export interface PersonasOptions {
  /** All by default. */
  only?: readonly PersonaCode[];
  onRow?: ((row: PersonaRow) => void) | undefined;
}

/** Throws as `examine` does if a valid sign-in fails without a persona. */
export const tryPersonas = (
  options: ExamineOptions,
  { only = personaCodes, onRow = () => undefined }: PersonasOptions = {},
): Promise<PersonaRow[]> =>
  withValidSignIn({ ...options, persona: { set: base } }, async ({ app, config }, validSignIn) => {
    const signIn: SignIn = async (persona, how) => {
      await app.play(persona);
      return validSignIn(how).then(
        () => undefined,
        (error: unknown) => {
          if (!(error instanceof BaselineFailed)) throw error;
          return { why: error.message, reply: shortened(error.attempt.reply?.text) };
        },
      );
    };
    const search = new Search(signIn);
    const encrypted = { isEncrypted: true };
    const decrypts = app.decrypts && !encryptsAll(config) && (await signIn({ set: base }, encrypted)) === undefined;
    const encryptedSearch = decrypts ? new Search((persona) => signIn(persona, encrypted)) : undefined;
    const rows: PersonaRow[] = [];
    for (const persona of only.map((code) => personas[code])) {
      const row = await tryPersona(persona, signIn, search);
      [row.encrypted] = (await encryptedSearch?.tripping(encryptionOf(persona))) ?? [];
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
  const together =
    outcome !== undefined && alone.length === 0 && (await signIn({ set: settingsOf(facts) })) !== undefined;
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
  ({ ...base, ...Object.fromEntries(facts.map(({ key, value }) => [key, value])) }) as PlanChange;

interface KnownFact {
  key: FactKey;
  value: unknown;
}

const factsOf = ({ facts }: Persona): KnownFact[] =>
  (Object.entries(facts) as [FactKey, Fact<unknown> | undefined][]).flatMap(([key, fact]) =>
    fact === undefined || withoutPart.includes(key) ? [] : [{ key, value: fact.value }],
  );

const encryptionOf = (persona: Persona): KnownFact[] => factsOf(persona).filter(({ key }) => key === 'encryption');

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
  rows.flatMap(({ name, works, why, reply, trips, together, encrypted }) => [
    `${works ? 'works' : 'FAILS'}  ${name}${works ? '' : `: ${why}`}`,
    ...(works || reply === '' ? [] : [`       Its page says “${reply}”.`]),
    ...(together && trips.length > 0 ? ['       These facts make it fail together:'] : []),
    ...trips.map(tripLine),
    ...(encrypted === undefined
      ? []
      : ['       It fails if the assertion is encrypted as by this product:', tripLine(encrypted)]),
  ]);

const tripLine = ({ fact, value }: Trip): string => `       ${fact}: ${JSON.stringify(value)}`;

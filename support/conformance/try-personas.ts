/**
 * Which products of identity providers a service provider works with: a valid sign-in as each of them writes, a
 * rejected one, and, if either fails, the facts that trip the service provider.
 */
import { personas } from '../../mock-idp/personas/catalogue.ts';
import { type PersonaCode, personaCodes } from '../../mock-idp/personas/codes.ts';
import type { Fact, Persona, Plan } from '../../mock-idp/personas/persona.ts';
import type { PlanChange } from '../../mock-idp/personas/plan.ts';
import type { StandConfig } from './config.ts';
import { encryptsAll } from './examination.ts';
import { type ExamineOptions, withValidSignIn } from './examine.ts';
import type { App, PlayedPersona } from './stand.ts';
import {
  anyPage,
  playRejection,
  playUntilSetUp,
  rejectionsOf,
  type Tripped,
  trippedBy,
  type UntilSetUp,
} from './try-rejections.ts';

export type FactKey = keyof Plan;

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
  /** True where no message of the product was seen: a sign-in that works then says little. */
  thin: boolean;
  /** False where all is known from its source code or from texts. */
  isCaptured: boolean;
  /** Why the sign-in failed; empty if it works. */
  why: string;
  /** In the words of the service provider's page; empty if it works. */
  reply: string;
  /** Facts that each make a sign-in fail; if none does alone, the fewest that do together. Empty if it works. */
  trips: readonly Trip[];
  /** True if no fact alone makes a sign-in fail. */
  together: boolean;
  /** Set if no fact was found to make it fail: whether the sign-in fails again. */
  failsAgain?: boolean | undefined;
  /** Set if an encrypted sign-in works, but not if it is encrypted as by the product. */
  encrypted?: Trip | undefined;
  /** Set if the product's responses have too little until its administrator has set it up. */
  untilSetUp?: (UntilSetUp & { facts: PlanChange }) | undefined;
  /** A sign-in that the product rejects. */
  rejection: PlayedRejection;
}

export interface PlayedRejection {
  /** Part that reaches the app. A page does not. */
  returns: 'a status' | 'nothing' | 'either';
  /** Why the service provider trips over it; empty if it does not. */
  why: string;
  /** In the words of the service provider's page; empty if it does not trip. */
  reply: string;
  /** Facts that each make it trip; empty if it trips over any rejection. */
  trips: readonly Trip[];
}

/** True if the valid sign-in works, no other one does, and the service provider does not trip over the rejection. */
export const isGood = ({
  works,
  rejection,
  untilSetUp,
}: Pick<PersonaRow, 'works' | 'rejection' | 'untilSetUp'>): boolean =>
  works && rejection.why === '' && untilSetUp?.isAccepted !== true;

/** Facts without a part in a response; the entity ID has one if others than the stand's are accepted. */
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

type Outcome = undefined | Tripped;
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
  withValidSignIn({ ...options, persona: { set: base } }, async ({ app, config }, validSignIn, withGuests) => {
    const signIn: SignIn = async (persona, how) => {
      await app.play(persona);
      return trippedBy(validSignIn(how));
    };
    await addAttributes(app, { user: config.user, signIn });
    const search = new Search(signIn);
    const acceptsEntityId = (await signIn({ set: { ...base, entityId: otherEntityId } })) === undefined;
    const encrypted = { isEncrypted: true };
    const decrypts = app.decrypts && !encryptsAll(config) && (await signIn({ set: base }, encrypted)) === undefined;
    const encryptedSearch = decrypts ? new Search((persona) => signIn(persona, encrypted)) : undefined;
    const rejections = new Rejections((persona) =>
      playRejection(persona, { app, validSignIn, withGuests, usual: base }),
    );
    const rows: PersonaRow[] = [];
    for (const persona of only.map((code) => personas[code])) {
      const facts = untilSetUpOf(persona);
      const unset = { name: persona.code, set: { ...(acceptsEntityId ? {} : { entityId: '' }), ...facts } };
      const row = {
        ...(await tryPersona(persona, { signIn, search, acceptsEntityId })),
        ...(facts && { untilSetUp: { facts, ...(await playUntilSetUp(unset, { app, config, withGuests })) } }),
        rejection: await rejections.of(persona),
      };
      [row.encrypted] = (await encryptedSearch?.tripping(encryptionOf(persona))) ?? [];
      rows.push(row);
      onRow(row);
    }
    return rows;
  });

/** Attributes with two values and with none, which products write in ways of their own. */
const moreAttributes = { Role: ['rehearsal-1', 'rehearsal-2'], rehearsal: [] };

/** Only those that the service provider accepts with a value, without a persona. */
async function addAttributes(
  app: App,
  { user: { nameId, attributes }, signIn }: { user: StandConfig['user']; signIn: SignIn },
): Promise<void> {
  let added = attributes;
  for (const [name, values] of Object.entries(moreAttributes)) {
    const withValue = values.length > 0 ? values : ['rehearsal'];
    await app.callUser({ nameId, attributes: { [name]: withValue, ...added } });
    if ((await signIn({ set: base })) === undefined) added = { [name]: values, ...added };
  }
  await app.callUser({ nameId, attributes: added });
}

/** As of a product, for a service provider that reads metadata before each sign-in, or does not verify the Issuer. */
const otherEntityId = 'https://idp.example/metadata';

interface TryOptions {
  signIn: SignIn;
  search: Search;
  acceptsEntityId: boolean;
}

async function tryPersona(
  persona: Persona,
  { signIn, search, acceptsEntityId }: TryOptions,
): Promise<Omit<PersonaRow, 'rejection'>> {
  const { code, name, thin = false } = persona;
  const about = { persona: code, name, thin, isCaptured: isCaptured(persona) };
  const played = { name: code, set: { ...(acceptsEntityId ? {} : { entityId: '' }), ...unknownAsInBase(persona) } };
  const outcome = await signIn(played);
  const facts = [...factsOf(persona), ...(acceptsEntityId ? knownFacts(persona, ['entityId']) : [])];
  if (outcome === undefined) {
    search.harmless(facts);
    return { ...about, works: true, why: '', reply: '', trips: [], together: false };
  }
  const alone = await search.tripping(facts);
  const together = alone.length === 0 && (await signIn({ set: settingsOf(facts) })) !== undefined;
  const trips = together ? await fewest(facts, signIn) : alone;
  const failsAgain = trips.length === 0 ? (await signIn(played)) !== undefined : undefined;
  return { ...about, works: false, ...outcome, trips, together, failsAgain };
}

const isCaptured = ({ facts }: Persona): boolean => Object.values(facts).some((one) => one?.mark === 'captured');

/** Settings without a fact of the product: they do not make a sign-in fail. */
const unknownAsInBase = ({ facts }: Persona): PlanChange =>
  Object.fromEntries(Object.entries(base).filter(([key]) => facts[key as FactKey] === undefined));

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

const factsOf = ({ facts }: Pick<Persona, 'facts'>): KnownFact[] =>
  (Object.entries(facts) as [FactKey, Fact<unknown> | undefined][]).flatMap(([key, fact]) =>
    fact === undefined || withoutPart.includes(key) ? [] : [{ key, value: fact.value }],
  );

const knownFacts = ({ facts }: Pick<Persona, 'facts'>, keys: readonly FactKey[]): KnownFact[] =>
  keys.flatMap((key) => {
    const fact = facts[key];
    return fact === undefined ? [] : [{ key, value: fact.value }];
  });

const untilSetUpOf = ({ untilSetUp }: Persona): PlanChange | undefined =>
  untilSetUp && Object.fromEntries(factsOf({ facts: untilSetUp }).map(({ key, value }) => [key, value]));

const encryptionOf = (persona: Persona): KnownFact[] => knownFacts(persona, ['encryption']);

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

/** Facts that decide what a rejection looks like to an app; the other facts are in each valid response, too. */
const factsOfRejection: readonly FactKey[] = ['errorResponse', 'signed'];

/** Plays each rejection once, also if several products have it. A product's page does not reach the app. */
class Rejections {
  readonly #play: SignIn;
  readonly #search: Search;
  readonly #played = new Map<string, Outcome>();
  constructor(play: SignIn) {
    this.#play = async (persona) => {
      const name = JSON.stringify(persona);
      if (!this.#played.has(name)) this.#played.set(name, await play(persona));
      return this.#played.get(name);
    };
    this.#search = new Search(this.#play);
  }

  async of({ facts }: Persona): Promise<PlayedRejection> {
    const { page, status } = rejectionsOf({ facts });
    const returns = page === undefined ? 'a status' : status === undefined ? 'nothing' : 'either';
    const tripped = page === undefined ? undefined : await this.#play({ set: { ...base, rejections: anyPage } });
    if (tripped !== undefined)
      return { returns, ...tripped, trips: [{ fact: 'rejections', value: page, reply: tripped.reply }] };
    if (status === undefined) return { returns, ...undisturbed };
    const others = knownFacts({ facts }, factsOfRejection);
    return { returns, ...(await this.#status([{ key: 'rejections', value: status }, ...others])) };
  }

  async #status(facts: readonly KnownFact[]): Promise<Omit<PlayedRejection, 'returns'>> {
    const tripped = await this.#play({ set: settingsOf(facts) });
    if (tripped === undefined) return undisturbed;
    const tripsOverAny = (await this.#play({ set: base })) !== undefined;
    return { ...tripped, trips: tripsOverAny ? [] : await this.#search.tripping(facts) };
  }
}

const undisturbed = { why: '', reply: '', trips: [] };

const nameOf = ({ key, value }: KnownFact): string => `${key} ${JSON.stringify(value)}`;

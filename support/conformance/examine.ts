/** Examines a service provider: an honest sign-in first, then every delivery and every fault. */
import { BaselineRefused, signInHonestly } from './baseline.ts';
import { ConfigRefused, type StandConfig } from './config.ts';
import { type Delivery, encrypted, fromPortal } from './delivery.ts';
import { type Examination, type Examinee, encryptsAll, type Facts, factsOf, type Row, untried } from './examination.ts';
import { createGuest, type Guest, type GuestOptions, reason } from './guest.ts';
import { addressesOf, learnHosts, refuseStrangers } from './hosts.ts';
import { plannedFaults } from './planned-faults.ts';
import type { Stand } from './stand.ts';
import { type Tried, tryDelivery, tryFault } from './try-fault.ts';

export interface ExamineOptions {
  config: StandConfig;
  stand: Stand;
  /** Hosts other than this machine that may be attacked. */
  allowedHosts?: readonly string[];
  /** Only faults whose phrase or code holds one of these; all when empty. */
  only?: readonly string[];
  /** Makes browsers; scripted ones by default. */
  newGuest?: (options: GuestOptions) => Guest;
  onRow?: (row: Row, done: number, planned: number) => void;
  /** What can be arranged at this service provider besides. */
  deliveries?: readonly Delivery[];
  /** Restarts a service provider that a message put out of service. Without it, the rest is not verified. */
  restart?: (() => Promise<void>) | undefined;
}

/** Throws HostRefused before it sends anything to another host, ConfigRefused, and BaselineRefused. */
export async function examine(options: ExamineOptions): Promise<Examination> {
  const { config: given, stand, allowedHosts = [] } = options;
  const begin = performance.now();
  refuseStrangers(addressesOf(given), allowedHosts);
  const app = await stand.register(given);
  const config = given.signIn === 'portal' ? { ...given, signIn: app.portal } : given;
  refuseStrangers(app.acs, allowedHosts);
  if (encryptsAll(config) && !app.decrypts)
    throw new ConfigRefused(`${config.name} demands encryption, and its metadata holds no certificate for it`);
  const tried = await tryAll({ app, config, user: config.user.shownAs ?? config.user.nameId }, options);
  return {
    name: config.name,
    entityId: app.entityId,
    acs: app.acs,
    at: new Date().toISOString(),
    tookMs: performance.now() - begin,
    ...tried,
  };
}

/** Whatever goes wrong in one row is the result of that row: those before it are kept, and the next are tried. */
async function tryAll(examinee: Examinee, options: ExamineOptions): Promise<Pick<Examination, 'rows' | 'endedEarly'>> {
  const { allowedHosts = [], onRow = () => undefined, restart } = options;
  const { knows, learned } = learnHosts(allowedHosts);
  const withGuests = guestsOf(examinee, options, knows);
  const honestSignIn = (): Promise<number | undefined> => withGuests((open) => signInHonestly({ examinee, open }));
  await honestSignIn();
  // The first takes longer, since nothing is warm yet.
  const honestMs = await honestSignIn();
  learned();
  const tries = await plan(examinee, options, { withGuests, honestMs });
  const rows: Row[] = [];
  let silenced: string | undefined;
  for (const { facts, play } of tries) {
    const { row, silent } =
      silenced === undefined
        ? await withGuests(play).catch((error: unknown) => interrupted(error, { facts, examinee, withGuests }))
        : { row: untried(facts, silenced), silent: undefined };
    rows.push(row);
    onRow(row, rows.length, tries.length);
    if (silent === undefined) continue;
    const whyNot = restart === undefined ? silent : await whyNoSignIn(() => restart().then(honestSignIn));
    if (whyNot !== undefined) silenced = `after “${facts.phrase}” nobody could sign in any more: ${whyNot}`;
  }
  return { rows, ...(silenced === undefined ? {} : { endedEarly: `The run ended early: ${silenced}.` }) };
}

/** The row of a try that did not come to its end, and whether an honest sign-in still works. */
async function interrupted(
  error: unknown,
  { facts, examinee, withGuests }: { facts: Facts; examinee: Examinee; withGuests: WithGuests },
): Promise<Tried> {
  return {
    row: untried(facts, reason(error)),
    silent: await whyNoSignIn(() => withGuests((open) => signInHonestly({ examinee, open }))),
  };
}

/** Undefined where somebody was signed in. */
const whyNoSignIn = (signIn: () => Promise<unknown>): Promise<string | undefined> =>
  signIn().then(
    () => undefined,
    (error: unknown) => (error instanceof BaselineRefused ? error.message : reason(error)),
  );

/** Acts with browsers that are closed at its end. */
type WithGuests = <Result>(act: (open: () => Guest) => Promise<Result>) => Promise<Result>;

function guestsOf(
  { app, config }: Examinee,
  { config: { signIn }, stand, newGuest = createGuest }: ExamineOptions,
  knows: GuestOptions['knows'],
): WithGuests {
  const options: GuestOptions = {
    config,
    home: new URL(signIn === 'portal' ? app.acs[0]! : signIn),
    person: app.person,
    atIdp: (url) => url.host === stand.url.host,
    knows,
  };
  return async (act) => {
    await using crowd = new AsyncDisposableStack();
    return await act(() => crowd.use(newGuest(options)));
  };
}

/** One row to come. */
interface Try {
  facts: Facts;
  play(open: () => Guest): Promise<Tried>;
}

async function plan(
  examinee: Examinee,
  { config: { signIn }, only = [], deliveries = [] }: ExamineOptions,
  { withGuests, honestMs }: { withGuests: WithGuests; honestMs: number | undefined },
): Promise<Try[]> {
  const { app, config } = examinee;
  const encryptedOnly = encryptsAll(config);
  const acceptsEncrypted =
    encryptedOnly ||
    (app.decrypts && (await withGuests((open) => encrypted.play({ app, open }))).signedIn !== undefined);
  const wanted = (name: string): boolean => only.length === 0 || only.some((words) => name.includes(words));
  const wantedDeliveries = [
    ...(app.decrypts && !encryptedOnly ? [encrypted] : []),
    ...(signIn === 'portal' ? [] : [fromPortal]),
    ...deliveries,
  ].filter(({ phrase, fault }) => wanted(`${phrase} ${fault.code}`));
  return [
    ...wantedDeliveries.map(
      (delivery): Try => ({
        facts: factsOf(delivery.phrase, delivery.fault),
        play: (open) => tryDelivery({ examinee, open, delivery }),
      }),
    ),
    ...plannedFaults(wanted).map(
      (planned): Try => ({
        facts: factsOf(planned.phrase, planned.fault),
        play: (open) => tryFault({ examinee, open, planned, acceptsEncrypted, honestMs }),
      }),
    ),
  ];
}

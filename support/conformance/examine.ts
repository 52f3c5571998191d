/** Examines a service provider: a valid sign-in first, then every delivery and every fault. */
import { join } from 'node:path';
import { personaOf } from '../../mock-idp/personas/catalogue.ts';
import { createTeller } from '../product/tell-product.ts';
import { makeFolder } from '../stack/make-folder.ts';
import { BaselineFailed, noteOnNameId, signInFirst, signInHonestly } from './baseline.ts';
import { InvalidConfig, type StandConfig } from './config.ts';
import { type Delivery, encryptedBy, fromPortal, fromPortalElsewhere } from './delivery.ts';
import {
  type Examination,
  type Examinee,
  encryptsAll,
  type Row,
  type RowHead,
  rowHead,
  untried,
} from './examination.ts';
import { createGuest, type Guest, type GuestOptions, type OpenGuest, reason } from './guest.ts';
import { checkHosts, learnHosts, urlsOf } from './hosts.ts';
import { findKnownBy } from './known-by.ts';
import { logoutTries } from './logout-faults.ts';
import { plannedFaults } from './planned-faults.ts';
import { restartBy } from './restart.ts';
import type { PlayedPersona, SecondApp, Stand } from './stand.ts';
import { type Tried, tryDelivery, tryFault } from './try-fault.ts';
import { findLogoutAbility, type LogoutOptions, tryLogout } from './try-logout.ts';
import { organizationTries, signInAtSecond, tryOrganization } from './try-organizations.ts';

export interface ExamineOptions {
  config: StandConfig;
  stand: Stand;
  /** Other hosts that may be attacked. */
  allowedHosts?: readonly string[];
  /** Only faults whose phrase or code contains one of these; all if empty. */
  only?: readonly string[];
  /** Opens browsers; scripted ones by default. */
  newGuest?: (options: GuestOptions) => Guest;
  /** The product in whose way the IdP writes. */
  persona?: PlayedPersona | undefined;
  onRow?: (row: Row, done: number, planned: number) => void;
  /** Attacks that can be arranged only at this service provider. */
  deliveries?: readonly Delivery[];
  /** Restarts a service provider that a response put out of service. Without it, the rest is not verified. */
  restart?: (() => Promise<void>) | undefined;
}

/** Throws HostNotAllowed before sending anything to another host, InvalidConfig or BaselineFailed. */
export async function examine(options: ExamineOptions): Promise<Examination> {
  const begin = performance.now();
  const examinee = await register(options);
  if (options.persona !== undefined) await examinee.app.play(options.persona);
  const tried = await tryAll(examinee, options);
  return {
    name: examinee.config.name,
    entityId: examinee.app.entityId,
    acs: examinee.app.acs,
    at: new Date().toISOString(),
    tookMs: performance.now() - begin,
    ...tried,
  };
}

/** Throws BaselineFailed; in a new browser by default. */
export type ValidSignIn = (how?: { isEncrypted?: boolean; guest?: Guest }) => Promise<unknown>;

/** Acts after a first valid sign-in; throws as `examine` does. */
export async function withValidSignIn<Result>(
  options: ExamineOptions,
  act: (examinee: Examinee, validSignIn: ValidSignIn, withGuests: WithGuests) => Promise<Result>,
): Promise<Result> {
  const examinee = await register(options);
  if (options.persona !== undefined) await examinee.app.play(options.persona);
  const { knows, learned } = learnHosts(options.allowedHosts ?? []);
  let namelessWhenSignedOut = false;
  const withGuests = guestsOf(examinee, options, { knows, namelessWhenSignedOut: () => namelessWhenSignedOut });
  namelessWhenSignedOut = await withGuests((open) => looksNameless(open()));
  await withGuests((open) => signInFirst({ examinee, open }));
  learned();
  const validSignIn: ValidSignIn = ({ guest, ...how } = {}) =>
    withGuests((open) => signInHonestly({ examinee, open: () => guest ?? open(), ...how }));
  return act(examinee, validSignIn, withGuests);
}

async function register({ config: given, stand, allowedHosts = [] }: ExamineOptions): Promise<Examinee> {
  checkHosts(urlsOf(given), allowedHosts);
  await introduce(given, stand);
  const app = await stand.register(given);
  const config = given.signIn === 'portal' ? { ...given, signIn: app.portal } : given;
  checkHosts(app.acs, allowedHosts);
  if (encryptsAll(config) && !app.decrypts)
    throw new InvalidConfig(`${config.name} demands encryption, but its metadata has no encryption certificate`);
  return { app, config, user: config.user.shownAs ?? config.user.nameId };
}

/** Tells the product of the stand, if its recipe says how a run does that. */
async function introduce({ product }: StandConfig, { connection }: Stand): Promise<void> {
  if (product === undefined) return;
  const teller = createTeller(product, product.folder);
  if (!teller.isNeeded) return;
  const folder = join(product.folder, '.sso-rehearsal');
  makeFolder(folder);
  await teller.tell(connection, join(folder, 'stand-metadata.xml'));
}

/** An error in one row is the result of that row: earlier rows are kept, and later ones are tried. */
async function tryAll(
  examinee: Examinee,
  options: ExamineOptions,
): Promise<Pick<Examination, 'rows' | 'endedEarly' | 'notes'>> {
  const { allowedHosts = [], onRow = () => undefined } = options;
  const { restart: command } = examinee.config;
  const restart = options.restart ?? (command === undefined ? undefined : () => restartBy(command));
  const { knows, learned } = learnHosts(allowedHosts);
  const second = await registerSecond(examinee, options);
  let namelessWhenSignedOut = false;
  const seeing = { knows, namelessWhenSignedOut: () => namelessWhenSignedOut };
  const withGuests = guestsOf(examinee, options, seeing);
  namelessWhenSignedOut = await withGuests((open) => looksNameless(open()));
  const validSignIn = (): Promise<number | undefined> => withGuests((open) => signInHonestly({ examinee, open }));
  await withGuests((open) => signInFirst({ examinee, open }));
  const note = noteOnNameId(examinee.app.requestedNameId(), examinee.config);
  // The first one is slower, before caches are warm.
  const validMs = await validSignIn();
  const withSecondGuests = second && guestsOf(second, options, seeing);
  if (second !== undefined) await withSecondGuests?.((open) => signInAtSecond(second, open));
  await examinee.app.knowBy(await withGuests((open) => findKnownBy(examinee, open)));
  learned();
  const tries = [
    ...(await plan(examinee, options, { withGuests, validMs })),
    ...(await planLogout(examinee, options, withGuests)),
    ...(second === undefined ? [] : planOrganizations({ examinee, second }, options, withSecondGuests!)),
  ];
  const rows: Row[] = [];
  let outOfService: string | undefined;
  for (const { head, play } of tries) {
    const { row, silent } =
      outOfService === undefined
        ? await withGuests(play)
            .then((tried) => (tried.isLate ? withGuests(play) : tried)) // a machine that stalls makes it late once
            .catch((error: unknown) => interrupted(error, { head, examinee, withGuests }))
        : { row: untried(head, outOfService), silent: undefined };
    rows.push(row);
    onRow(row, rows.length, tries.length);
    if (silent === undefined) continue;
    const reason = restart === undefined ? silent : await signInFailure(() => restart().then(validSignIn));
    if (reason !== undefined) outOfService = `after “${head.phrase}” sign-in stopped working: ${reason}`;
  }
  return {
    rows,
    notes: [...personaNote(options.persona), ...(note === undefined ? [] : [`${note}.`])],
    ...(outOfService === undefined ? {} : { endedEarly: `The run ended early: ${outOfService}.` }),
  };
}

const personaNote = ({ name }: PlayedPersona = { set: {} }): string[] =>
  name === undefined ? [] : [`Every response was written as ${personaOf(name).name} writes it.`];

/** The row of a try that was interrupted, and whether a valid sign-in still works. */
async function interrupted(
  error: unknown,
  { head, examinee, withGuests }: { head: RowHead; examinee: Examinee; withGuests: WithGuests },
): Promise<Tried> {
  return {
    row: untried(head, reason(error)),
    silent: await signInFailure(() => withGuests((open) => signInHonestly({ examinee, open }))),
  };
}

/** The reason why the user is not signed in; undefined if the user is. */
const signInFailure = (signIn: () => Promise<unknown>): Promise<string | undefined> =>
  signIn().then(
    () => undefined,
    (error: unknown) => (error instanceof BaselineFailed ? error.message : reason(error)),
  );

/** True if a browser without a session sees an empty name. A page that cannot be read is the sign-in's business. */
const looksNameless = (guest: Guest): Promise<boolean> =>
  guest.look().then(
    (shown) => shown?.as === '',
    () => false,
  );

/** Acts with browsers that are closed afterwards. */
export type WithGuests = <Result>(act: (open: OpenGuest) => Promise<Result>) => Promise<Result>;

function guestsOf(
  { app, config }: Pick<Examinee, 'app' | 'config'>,
  { stand, newGuest = createGuest }: ExamineOptions,
  seeing: Pick<GuestOptions, 'knows' | 'namelessWhenSignedOut'>,
): WithGuests {
  const options: GuestOptions = {
    config,
    home: new URL(config.signIn === app.portal ? app.acs[0]! : config.signIn),
    person: app.person,
    atIdp: (url) => url.host === stand.url.host,
    ...seeing,
  };
  return async (act) => {
    await using guests = new AsyncDisposableStack();
    return await act((leastSeconds = 0) => {
      const timeoutSeconds = Math.max(config.timeoutSeconds, leastSeconds);
      return guests.use(newGuest({ ...options, config: { ...config, timeoutSeconds } }));
    });
  };
}

/** In upper or lower case: “XSW” is in phrases and “xsw” in codes. */
const selects =
  (only: readonly string[]) =>
  (name: string): boolean =>
    only.length === 0 || only.some((words) => name.toLowerCase().includes(words.toLowerCase()));

/** One row to be tried. */
interface Try {
  head: RowHead;
  play(open: OpenGuest): Promise<Tried>;
}

async function plan(
  examinee: Examinee,
  { config: { signIn }, only = [], deliveries = [], persona }: ExamineOptions,
  { withGuests, validMs }: { withGuests: WithGuests; validMs: number | undefined },
): Promise<Try[]> {
  const { app, config } = examinee;
  const encryptedOnly = encryptsAll(config);
  const encrypted = encryptedBy(persona);
  const acceptsEncrypted =
    encryptedOnly ||
    (app.decrypts && (await withGuests((open) => encrypted.play({ app, open }))).signedIn !== undefined);
  const isSelected = selects(only);
  const selectedDeliveries = [
    ...(app.decrypts && !encryptedOnly ? [encrypted] : []),
    ...(signIn === 'portal' ? [] : [fromPortal, ...fromPortalElsewhere]),
    ...deliveries,
  ].filter(({ phrase, fault }) => isSelected(`${phrase} ${fault.code}`));
  return [
    ...selectedDeliveries.map(
      (delivery): Try => ({
        head: rowHead(delivery.phrase, delivery.fault),
        play: (open) => tryDelivery({ examinee, open, delivery }),
      }),
    ),
    ...plannedFaults(isSelected, config.skewMinutes).map(
      (planned): Try => ({
        head: rowHead(planned.phrase, planned.fault),
        play: (open) => tryFault({ examinee, open, planned, acceptsEncrypted, validMs }),
      }),
    ),
  ];
}

async function planLogout(
  examinee: Examinee,
  { stand, only = [] }: ExamineOptions,
  withGuests: WithGuests,
): Promise<Try[]> {
  const isSelected = selects(only);
  const selected = logoutTries.filter(({ phrase, fault }) => isSelected(`${phrase} ${fault.code}`));
  if (selected.length === 0) return [];
  const options = (open: () => Guest): LogoutOptions => ({ examinee, open, idp: stand.url });
  const ability = await withGuests((open) => findLogoutAbility(options(open)));
  return selected.map((tried) => ({
    head: rowHead(tried.phrase, tried.fault),
    play: (open) => tryLogout({ ...options(open), tried, ability }),
  }));
}

/** The second organization, if the configuration has one. */
async function registerSecond(
  { config }: Examinee,
  { stand, allowedHosts = [] }: ExamineOptions,
): Promise<SecondApp | undefined> {
  const { second } = config;
  if (second === undefined) return undefined;
  const { signedIn = config.signedIn, ...described } = second;
  const whole: StandConfig = {
    ...config,
    metadata: undefined,
    entityId: undefined,
    acs: undefined,
    ...described,
    name: `${config.name}, second organization`,
    signedIn,
    second: undefined,
    victim: undefined,
  };
  const registered = await stand.registerSecond(whole);
  checkHosts(registered.app.acs, allowedHosts);
  return registered.config.signIn === 'portal'
    ? { ...registered, config: { ...whole, signIn: registered.app.portal } }
    : registered;
}

function planOrganizations(
  { examinee, second }: { examinee: Examinee; second: SecondApp },
  { stand, only = [] }: ExamineOptions,
  withSecondGuests: WithGuests,
): Try[] {
  const isSelected = selects(only);
  return organizationTries
    .filter(({ head: { phrase, code } }) => isSelected(`${phrase} ${code}`))
    .map((one) => ({
      head: one.head,
      play: (open) =>
        withSecondGuests((openSecond) =>
          tryOrganization(one, {
            first: examinee,
            second,
            open: { first: open, second: openSecond },
            idp: stand.url,
          }),
        ),
    }));
}

/** A folder on an IMAP server, opened read-only: of other people's emails only the recipients are read. */
import { isIP } from 'node:net';
import { getCACertificates } from 'node:tls';
import { type FetchMessageObject, ImapFlow, type ImapFlowError } from 'imapflow';
import { harmless } from '../terminal/foreign-text.ts';
import { networkProblem } from './foreign-reply.ts';
import { lookup } from './hosts.ts';
import { isSameAddress } from './mail-address.ts';
import { MailFailure } from './mail-failure.ts';
import { checkSize, contentOf, largestEmail, parseEmail, recipientHeaders, recipientsOf } from './mail-message.ts';
import { type FoundEmail, type MailReader, usualPollMs } from './mail-reader.ts';

export interface ImapOptions {
  host: string;
  port: number;
  /** TLS from the start; otherwise by STARTTLS, which only a server on this machine may lack. */
  secure: boolean;
  user: string;
  password: string;
  folder: string;
  /** PEM, trusted in addition to the usual ones. */
  certificateAuthority?: string | undefined;
}

/** Emails whose recipients are kept. */
const newest = 200;

/** The server announces emails itself; this is for one that does so late. */
const slowPollMs = 10_000;

const timeoutMs = 10_000;

interface Envelope {
  uid: number;
  recipients: readonly string[];
  size: number;
  at: Date;
}

/** Throws MailFailure. */
export async function openImap(options: ImapOptions): Promise<MailReader> {
  let listener = (): void => undefined;
  const connection = await openConnection(options, () => listener());
  const { inTurn } = connection;
  let { nextUid } = connection;
  let envelopes: Envelope[] = [];
  let passedOver = 0;

  async function readNewEnvelopes(client: ImapFlow): Promise<void> {
    await client.noop(); // otherwise the search may leave out new emails
    // `n:*` always includes the last email, even one before n (RFC 9051, 9).
    const found = (await client.search({ uid: `${nextUid}:*` }, { uid: true })) || [];
    const uids = found.filter((uid) => uid >= nextUid).toSorted((one, other) => one - other);
    if (uids.length === 0) return;
    passedOver += Math.max(0, uids.length - newest);
    const query = { uid: true, size: true, internalDate: true, headers: recipientHeaders };
    const fetched = await client.fetchAll(uids.slice(-newest).join(','), query, { uid: true });
    const read = await Promise.all(fetched.map(toEnvelope));
    envelopes = [...envelopes, ...read].toSorted((one, other) => one.uid - other.uid).slice(-newest);
    nextUid = uids.at(-1)! + 1;
  }

  const toFound = ({ uid, size, at }: Envelope): FoundEmail => ({
    id: String(uid),
    at,
    async read() {
      checkSize(size);
      const query = { source: { maxLength: largestEmail } };
      const email = await inTurn((client) => client.fetchOne(String(uid), query, { uid: true }));
      return email === false || email.source === undefined ? undefined : contentOf(await parseEmail(email.source), at);
    },
  });

  return {
    name: `${options.folder} of ${options.user} at ${options.host}:${options.port}`,
    onlyNew: true,
    everyMs: connection.announces ? slowPollMs : usualPollMs,
    async find(address) {
      await inTurn(readNewEnvelopes);
      const ours = envelopes.filter(({ recipients }) => recipients.some((one) => isSameAddress(one, address)));
      return { emails: ours.map(toFound), others: envelopes.length - ours.length + passedOver };
    },
    onArrival(onEmail) {
      listener = onEmail;
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

interface Connection extends AsyncDisposable {
  /** The UID of the first email that arrives from now on. */
  nextUid: number;
  /** True if the server announces emails. */
  announces: boolean;
  /** One conversation at a time. Opens a lost connection again. Throws MailFailure. */
  inTurn<Result>(talk: (client: ImapFlow) => Promise<Result>): Promise<Result>;
}

async function openConnection(options: ImapOptions, onArrival: () => void): Promise<Connection> {
  let session = await openSession(options, onArrival);
  const { uidNext: nextUid, uidValidity } = session.folder;
  let lastTurn: Promise<unknown> = Promise.resolve();

  async function reopened(): Promise<Session> {
    const renewed = await openSession(options, onArrival);
    if (renewed.folder.uidValidity === uidValidity) return renewed;
    renewed.client.close();
    throw new MailFailure(
      `${options.host}:${options.port} has given the emails in ${options.folder} new numbers: start the run again`,
    );
  }

  return {
    nextUid,
    announces: canIdle(session.client),
    inTurn(talk) {
      const turn = lastTurn.then(async () => {
        if (!session.client.usable) session = await reopened();
        try {
          return await talk(session.client);
        } catch (error) {
          throw inWords(error as ImapFlowError, options);
        } finally {
          waitForArrivals(session.client);
        }
      });
      lastTurn = turn.catch(() => undefined);
      return turn;
    },
    async [Symbol.asyncDispose]() {
      await session.client[Symbol.asyncDispose]();
    },
  };
}

const canIdle = (client: ImapFlow): boolean => client.capabilities.has('IDLE');

/** Returns at once; the next command ends it. */
function waitForArrivals(client: ImapFlow): void {
  if (client.usable && canIdle(client)) client.idle().catch(() => undefined); // the next command reports the failure
}

async function toEnvelope({ uid, headers, size = 0, internalDate }: FetchMessageObject): Promise<Envelope> {
  const recipients = headers === undefined ? [] : recipientsOf(await parseEmail(headers));
  return { uid, recipients, size, at: new Date(internalDate ?? Date.now()) };
}

interface Session {
  client: ImapFlow;
  folder: { uidNext: number; uidValidity: bigint };
}

async function openSession(options: ImapOptions, onArrival: () => void): Promise<Session> {
  const { host, port, secure, user, password, folder, certificateAuthority } = options;
  const client = new ImapFlow({
    host,
    port,
    secure,
    // A password must not cross the network unencrypted.
    ...(secure || isThisMachine(host) ? {} : { doSTARTTLS: true }),
    auth: { user, pass: password },
    tls: {
      lookup, // used without TLS, too
      ...(certificateAuthority === undefined ? {} : { ca: [...getCACertificates('default'), certificateAuthority] }),
    },
    logger: false,
    disableAutoIdle: true,
    disableCompression: true,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    maxLineLength: 16 * 1024 * 1024,
    maxLiteralSize: 2 * largestEmail,
    maxResponseSize: 3 * largestEmail,
  });
  client.on('error', () => undefined); // the command under way fails with it, or the next one opens a new connection
  client.on('exists', onArrival);
  client.on('close', onArrival);
  try {
    await client.connect();
    const { uidNext, uidValidity } = await client.mailboxOpen(folder, { readOnly: true });
    return { client, folder: { uidNext, uidValidity } };
  } catch (error) {
    client.close();
    throw inWords(error as ImapFlowError, options);
  }
}

const isThisMachine = (host: string): boolean =>
  host === 'localhost' ||
  host.endsWith('.localhost') ||
  host === '::1' ||
  (isIP(host) === 4 && host.startsWith('127.'));

function inWords(error: ImapFlowError | MailFailure, options: ImapOptions): MailFailure {
  if (error instanceof MailFailure) return error;
  return new MailFailure(`${options.host}:${options.port} ${problemOf(error, options)}`, { cause: error });
}

/** Goes after the server's address. */
function problemOf(error: ImapFlowError, { user, folder, secure }: ImapOptions): string {
  const { code = '', authenticationFailed, mailboxMissing, tlsFailed, executedCommand = '', reason } = error;
  if (authenticationFailed) return `rejected the user ${user} or the password`;
  if (mailboxMissing || / EXAMINE /.test(executedCommand)) return `has no folder ${folder} that ${user} may read`;
  if (reason !== undefined && code.startsWith('ClosedAfter'))
    return `ended the connection: “${harmless(reason, { longest: 200 })}”`;
  if (code === 'CONNECT_TIMEOUT') return 'cannot be reached: the connection timed out';
  if (code === 'GREETING_TIMEOUT' || code === 'UPGRADE_TIMEOUT' || code === 'ClosedAfterConnectText')
    return `does not greet as an IMAP server${secure ? '' : ': does this port expect TLS? Then set "secure": true'}`;
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ClosedAfterConnectTLS')
    return 'does not use TLS at this port: set "secure": false for STARTTLS';
  if (isUntrusted(code))
    return 'has a TLS certificate that is not trusted here: set certificateAuthority to the PEM file of its issuer';
  if (tlsFailed && code === '') return 'does not offer STARTTLS, so the password would be sent unencrypted';
  if (code === 'ETIMEOUT' || code === 'NoConnection' || code === 'EConnectionClosed')
    return 'closed the connection or stopped replying';
  if (code === '') return `rejected the command ${executedCommand.split(' ', 3).slice(1).join(' ')}`;
  return networkProblem(error);
}

const isUntrusted = (code: string): boolean => /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_SELF_SIGNED)/.test(code);

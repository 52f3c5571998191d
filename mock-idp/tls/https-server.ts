/** The https server of the identity provider, with its own certificate or one of this machine's authority. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import { isIP } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { systemTime } from '../clock.ts';
import { UnusableOption } from '../unusable-option.ts';
import { type Credentials, dayMs, issue } from './authority.ts';
import { certificateNames } from './host-names.ts';
import { type MachineAuthority, machineAuthority } from './machine-authority.ts';

/** `true` for a certificate of this machine's authority; or your own certificate and its key, as PEM text. */
export type TlsOption = true | { key: string; cert: string };

export interface HttpsServer {
  server: Server;
  /** The authority that clients must trust; undefined with your own certificate. */
  authority: Pick<MachineAuthority, 'cert' | 'file'> | undefined;
}

export interface HttpsOptions {
  tls: TlsOption;
  /** The host name in its URL. */
  hostname: string;
  /** Other names under which clients reach it. */
  otherNames: readonly string[];
  now?: () => number;
  /** Where this machine's authorities are kept. */
  folder?: string;
}

/** A certificate is replaced when it has fewer days left. It is valid for seven. */
const renewalDays = 4;

/** Not listening yet. Throws if the certificate is not usable. */
export async function createHttpsServer({ tls, ...options }: HttpsOptions): Promise<HttpsServer> {
  if (tls === true) return withMachineAuthority(options);
  check(tls, options);
  return { server: createServer(tls), authority: undefined };
}

async function withMachineAuthority(options: Omit<HttpsOptions, 'tls'>): Promise<HttpsServer> {
  const certificates = renewedCertificates(options);
  let { credentials } = await certificates.current();
  const { authority } = await certificates.current();
  const current = async (): Promise<Certificate> => {
    const next = await certificates.current();
    if (next.credentials !== credentials) server.setSecureContext(next.credentials);
    credentials = next.credentials;
    return next;
  };
  const server = createServer({
    ...credentials,
    SNICallback: (_name, done) => void current().then(({ context }) => done(null, context), done),
  });
  // A client that connects to an address sends no name, so the next one gets the renewed certificate.
  server.on('connection', () => void current().catch(() => undefined));
  return { server, authority: { cert: authority.cert, file: authority.file } };
}

interface Certificate {
  authority: MachineAuthority;
  credentials: Credentials;
  context: SecureContext;
  /** When the next one is made. */
  dueAt: number;
}

/** The certificate to use now. A new one is made in time, when it is asked for. */
function renewedCertificates({ hostname, otherNames, now = systemTime, ...place }: Omit<HttpsOptions, 'tls'>): {
  current(): Promise<Certificate>;
} {
  const wanted = certificateNames([hostname, ...otherNames]);
  const names = certificateNames([...wanted, 'localhost', 'idp.localhost', '127.0.0.1', '::1']);
  let last: Promise<Certificate> | undefined;
  const make = async (before: Certificate | undefined): Promise<Certificate> => {
    const at = now();
    // Clients have loaded the authority's certificate, so it stays as long as it can.
    const stays = before !== undefined && before.authority.validTo.getTime() - at > renewalDays * dayMs;
    const authority = stays ? before.authority : await machineAuthority({ names: wanted, now: at, ...place });
    const credentials = await issue(authority, { names, now: at });
    const dueAt = new X509Certificate(credentials.cert).validToDate.getTime() - renewalDays * dayMs;
    return { authority, credentials, context: createSecureContext(credentials), dueAt };
  };
  return {
    async current() {
      last ??= make(undefined);
      const made = last;
      const before = await made;
      if (now() < before.dueAt) return before;
      // Visitors that come meanwhile wait for the same one; if it cannot be made, the old one stays.
      if (last === made) last = make(before).catch(() => before);
      return last;
    },
  };
}

function check(
  { key, cert }: Credentials,
  { hostname, otherNames, now = systemTime }: Omit<HttpsOptions, 'tls'>,
): void {
  const certificate = parse('the certificate (tls.cert)', () => new X509Certificate(cert));
  const privateKey = parse('the key (tls.key)', () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey))
    throw unusable('the key (tls.key) does not belong to the certificate (tls.cert). Use the key it was made with');
  const expired = certificate.validToDate;
  if (expired.getTime() < now())
    throw unusable(`the certificate (tls.cert) expired on ${expired.toISOString().slice(0, 10)}. Use a newer one`);
  const names = certificateNames([hostname, ...otherNames]);
  if (!names.some((name) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined))
    throw unusable(
      `the certificate (tls.cert) is not for ${names.join(' or ')} ` +
        `but for ${certificate.subjectAltName ?? 'no host name'}. ` +
        'Set the host name to one of these (hostname), or use another certificate',
    );
}

function parse<Result>(part: string, read: () => Result): Result {
  try {
    return read();
  } catch {
    throw unusable(`${part} is not in PEM format, or is encrypted. Use the text of a PEM file without a passphrase`);
  }
}

const unusable = (sentence: string): Error => new UnusableOption('tls', () => `${sentence}.`);

/** Reads emails over HTTP, within limits. Every failure is a MailFailure with a sentence. */
import { type ForeignReply, fetchForeign, shortened, UnusableReply } from './foreign-reply.ts';
import { MailFailure } from './mail-failure.ts';

export interface MailReply {
  status: number;
  /** Without parameters, in lower case; empty if there is none. */
  type: string;
  body: Buffer;
  /** How far the server's clock is ahead of ours, in milliseconds, and at most one second too little. */
  aheadMs: number;
}

export interface MailRequest {
  headers: Readonly<Record<string, string>>;
  /** Size limit of the reply in bytes. */
  largest?: number;
  /** Fields of the source to check if the server rejects the request. */
  credentials: string;
}

const timeoutMs = 10_000;

/** Throws MailFailure, also for a redirect and for rejected credentials. */
export async function getMail(url: URL, { headers, largest, credentials }: MailRequest): Promise<MailReply> {
  try {
    const reply = await fetchForeign(url, { headers, timeoutMs, ...(largest === undefined ? {} : { largest }) });
    const problem = problemOf(reply, credentials);
    if (problem !== undefined) {
      reply.drop();
      throw new MailFailure(`${shortened(url.href)} ${problem}`);
    }
    const sent = Date.parse(reply.headers.get('date') ?? '');
    return {
      status: reply.status,
      type: (reply.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase(),
      body: await reply.octets(),
      aheadMs: Number.isNaN(sent) ? 0 : sent - Date.now(),
    };
  } catch (error) {
    throw error instanceof UnusableReply ? new MailFailure(error.message, { cause: error }) : error;
  }
}

function problemOf({ status, headers }: ForeignReply, credentials: string): string | undefined {
  if (status === 401 || status === 403) return `rejected the request (${status}): check ${credentials}`;
  if (status >= 300 && status < 400)
    return `redirects to ${shortened(headers.get('location') ?? 'nowhere')}: enter the address that serves the emails`;
  return status >= 500 ? `replied with status ${status}` : undefined;
}

/** Undefined if it is not JSON. */
export function parsedJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

/** Fetches what happened in a scenario since the last call: browser requests, emails, and the logs of both sides. */

import { type Name, names } from '../catalogue/cast.ts';
import type { IdpEvent, RecordedResponse } from '../diagnosis/network-log.ts';
import { Unable } from '../idp/identity-provider.ts';
import type { Exchange } from '../product/driver.ts';
import type { Scene } from '../scenario/scene.ts';
import { ifPresent } from '../stack/control.ts';
import type { Message } from '../stack/message.ts';

export interface AuditEntry {
  at: number;
  actor: string;
  action: string;
  detail: Record<string, unknown>;
}

/** All times are by this machine's clock, in milliseconds, regardless of the parties' own clocks. */
export interface NewEvents {
  exchanges: readonly (Exchange & { who: Name })[];
  mail: readonly (Message & { who: Name; on: number })[];
  idp: readonly (IdpEvent & { on: number })[];
  responses: readonly (RecordedResponse & { on: number })[];
  audit: readonly (AuditEntry & { on: number })[];
}

export interface SpRecords {
  clockOffsetMs: number;
  responses: (RecordedResponse & { reference: string })[];
  audit: AuditEntry[];
  [more: string]: unknown;
}

interface TenantLog {
  clockOffsetMs: number;
  log: IdpEvent[];
}

/** Position up to which events were read. */
export interface Bookmark {
  since: number;
  exchanges: Partial<Record<Name, number>>;
  mail: Partial<Record<Name, number>>;
  idp: number;
  response: number;
  audit: number;
  /** The service provider's records at the last call. */
  records: SpRecords | undefined;
}

export const bookmark = (): Bookmark => ({
  since: Date.now(),
  exchanges: {},
  mail: {},
  idp: 0,
  response: 0,
  audit: 0,
  records: undefined,
});

/** Returns everything after the bookmark, and moves the bookmark. */
export async function fetchNewEvents(scene: Scene, mark: Bookmark): Promise<NewEvents> {
  const logs = await readLogs(scene);
  const events = eventsAfter(mark, logs, scene);
  advance(mark, logs, scene);
  return events;
}

interface Logs {
  records: SpRecords | undefined;
  provider: TenantLog | undefined;
  mail: readonly { who: Name; messages: readonly Message[] }[];
  /** Time of reading. */
  now: number;
}

async function readLogs({ stack, organization, tenant, cast }: Scene): Promise<Logs> {
  const [records, provider, mail] = await Promise.all([
    ifAvailable(stack.sp.control.get<SpRecords>(`/organizations/${organization.slug}`)),
    ifAvailable(stack.idp.control.get<TenantLog>(`/tenants/${tenant.slug}`)),
    Promise.all(
      names.map(async (who) => ({
        who,
        messages: (await ifAvailable(stack.mailbox.messagesTo(cast[who].address))) ?? [],
      })),
    ),
  ]);
  return { records, provider, mail, now: Date.now() };
}

function eventsAfter(mark: Bookmark, { records, provider, mail, now }: Logs, { cast }: Scene): NewEvents {
  // A clock that was moved during the step moved its entries too; all of them happened within the step.
  const within = (at: number): number => Math.min(now, Math.max(mark.since, at));
  const bySpClock = (at: number): number => within(at - (records?.clockOffsetMs ?? 0));
  const byIdpClock = (at: string): number => within(Date.parse(at) - (provider?.clockOffsetMs ?? 0));
  const responses = (records?.responses ?? []).filter(({ id }) => id > mark.response).toReversed();
  const audit = (records?.audit ?? []).toReversed().slice(mark.audit);
  return {
    exchanges: names.flatMap((who) =>
      cast[who].exchanges.slice(mark.exchanges[who] ?? 0).map((exchange) => ({ ...exchange, who })),
    ),
    mail: mail.flatMap(({ who, messages }) =>
      messages
        .slice(mark.mail[who] ?? 0)
        .map((message) => ({ ...message, who, on: within(message.receivedAt.getTime()) })),
    ),
    idp: (provider?.log ?? []).slice(mark.idp).map((event) => ({ ...event, on: byIdpClock(event.at) })),
    responses: responses.map((response) => ({ ...response, on: bySpClock(response.at) })),
    audit: audit.map((entry) => ({ ...entry, on: bySpClock(entry.at) })),
  };
}

function advance(mark: Bookmark, { records, provider, mail, now }: Logs, { cast }: Scene): void {
  for (const who of names) mark.exchanges[who] = cast[who].exchanges.length;
  for (const { who, messages } of mail) mark.mail[who] = messages.length;
  mark.since = now;
  mark.idp = provider?.log.length ?? 0;
  mark.response = records?.responses[0]?.id ?? mark.response;
  mark.audit = records?.audit.length ?? 0;
  mark.records = records ?? mark.records;
}

/**
 * A scenario may end before its organization or tenant exists, or may delete it. The log of a real IdP is not
 * available, nor are the records and emails of some products.
 */
const ifAvailable = <Value>(request: Promise<Value>): Promise<Value | undefined> =>
  ifPresent(request).catch((error: unknown) => {
    if (error instanceof Unable) return undefined;
    throw error;
  });

/** Fetches what happened in a scenario since it was last asked: browser requests, mail, the logs of both sides. */

import { type Name, names } from '../catalogue/cast.ts';
import type { RecordedResponse, IdpEvent } from '../diagnosis/network-log.ts';
import { Unable } from '../idp/identity-provider.ts';
import type { Exchange } from '../scenario/actor.ts';
import type { Scene } from '../scenario/scene.ts';
import { ifPresent } from '../stack/control.ts';
import type { Message } from '../stack/message.ts';

export interface AuditEntry {
  at: number;
  actor: string;
  action: string;
  detail: Record<string, unknown>;
}

/** Times are those of this machine's clock, in milliseconds, whatever the parties' own clocks say. */
export interface NewEvents {
  exchanges: readonly (Exchange & { who: Name })[];
  mail: readonly (Message & { who: Name; on: number })[];
  idp: readonly (IdpEvent & { on: number })[];
  answers: readonly (RecordedResponse & { on: number })[];
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

/** How far the events were read. */
export interface Bookmark {
  since: number;
  exchanges: Partial<Record<Name, number>>;
  mail: Partial<Record<Name, number>>;
  idp: number;
  answer: number;
  audit: number;
  /** All that the service provider had recorded when last asked. */
  records: SpRecords | undefined;
}

export const bookmark = (): Bookmark => ({
  since: Date.now(),
  exchanges: {},
  mail: {},
  idp: 0,
  answer: 0,
  audit: 0,
  records: undefined,
});

/** Everything beyond the bookmark; moves the bookmark on. */
export async function fetchNewEvents(scene: Scene, mark: Bookmark): Promise<NewEvents> {
  const logs = await readLogs(scene);
  const events = beyond(mark, logs, scene);
  moveOn(mark, logs, scene);
  return events;
}

interface Logs {
  records: SpRecords | undefined;
  provider: TenantLog | undefined;
  mail: readonly { who: Name; messages: readonly Message[] }[];
  /** When they were read. */
  now: number;
}

async function readLogs({ stack, organization, tenant, cast }: Scene): Promise<Logs> {
  const [records, provider, mail] = await Promise.all([
    ifThere(stack.sp.control.get<SpRecords>(`/organizations/${organization.slug}`)),
    ifThere(stack.idp.control.get<TenantLog>(`/tenants/${tenant.slug}`)),
    Promise.all(names.map(async (who) => ({ who, messages: await stack.mailbox.messagesTo(cast[who].address) }))),
  ]);
  return { records, provider, mail, now: Date.now() };
}

function beyond(mark: Bookmark, { records, provider, mail, now }: Logs, { cast }: Scene): NewEvents {
  // A clock that was moved during the step moved its entries, too; none of them lies outside the step.
  const within = (at: number): number => Math.min(now, Math.max(mark.since, at));
  const bySpClock = (at: number): number => within(at - (records?.clockOffsetMs ?? 0));
  const byIdpClock = (at: string): number => within(Date.parse(at) - (provider?.clockOffsetMs ?? 0));
  const responses = (records?.responses ?? []).filter(({ id }) => id > mark.answer).toReversed();
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
    answers: responses.map((answer) => ({ ...answer, on: bySpClock(answer.at) })),
    audit: audit.map((entry) => ({ ...entry, on: bySpClock(entry.at) })),
  };
}

function moveOn(mark: Bookmark, { records, provider, mail, now }: Logs, { cast }: Scene): void {
  for (const who of names) mark.exchanges[who] = cast[who].exchanges.length;
  for (const { who, messages } of mail) mark.mail[who] = messages.length;
  mark.since = now;
  mark.idp = provider?.log.length ?? 0;
  mark.answer = records?.responses[0]?.id ?? mark.answer;
  mark.audit = records?.audit.length ?? 0;
  mark.records = records ?? mark.records;
}

/**
 * A scenario may end before its organization or tenant exists, and may take them away. A real identity provider has no
 * log for us.
 */
const ifThere = <Value>(asked: Promise<Value>): Promise<Value | undefined> =>
  ifPresent(asked).catch((error: unknown) => {
    if (error instanceof Unable) return undefined;
    throw error;
  });

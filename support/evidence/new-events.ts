/** What happened in a scenario since it was last asked: what browsers asked for, mail, the identity provider's log, the service provider's records. It changes nothing. */

import { type Name, names } from '../catalogue/cast.ts';
import type { Answer, IdpEvent } from '../diagnosis/network-log.ts';
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

/** Times are those of this machine's clock, in milliseconds, whatever the parties take the time to be. */
export interface News {
  exchanges: readonly (Exchange & { who: Name })[];
  mail: readonly (Message & { who: Name; on: number })[];
  idp: readonly (IdpEvent & { on: number })[];
  answers: readonly (Answer & { on: number })[];
  audit: readonly (AuditEntry & { on: number })[];
}

export interface SpRecords {
  clockOffsetMs: number;
  responses: (Answer & { reference: string })[];
  audit: AuditEntry[];
  [more: string]: unknown;
}

/** How far one has read. */
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

/** What is there beyond the bookmark, which moves on. */
export async function news(scene: Scene, mark: Bookmark): Promise<News> {
  const { stack, organization, tenant, cast } = scene;
  const [records, provider, mail] = await Promise.all([
    absent(stack.sp.control.get<SpRecords>(`/organizations/${organization.slug}`)),
    absent(stack.idp.control.get<{ clockOffsetMs: number; log: IdpEvent[] }>(`/tenants/${tenant.slug}`)),
    Promise.all(names.map(async (who) => ({ who, messages: await stack.mailbox.messagesTo(cast[who].address) }))),
  ]);
  const now = Date.now();
  // Whoever moved a clock during the step moved its entries, too; none of them lies outside the step.
  const within = (at: number): number => Math.min(now, Math.max(mark.since, at));
  const answers = (records?.responses ?? []).filter(({ id }) => id > mark.answer).toReversed();
  const audit = (records?.audit ?? []).toReversed();
  const log = provider?.log ?? [];
  const found: News = {
    exchanges: names.flatMap((who) =>
      cast[who].exchanges.slice(mark.exchanges[who] ?? 0).map((exchange) => ({ ...exchange, who })),
    ),
    mail: mail.flatMap(({ who, messages }) =>
      messages
        .slice(mark.mail[who] ?? 0)
        .map((message) => ({ ...message, who, on: within(message.receivedAt.getTime()) })),
    ),
    idp: log
      .slice(mark.idp)
      .map((event) => ({ ...event, on: within(Date.parse(event.at) - (provider?.clockOffsetMs ?? 0)) })),
    answers: answers.map((answer) => ({ ...answer, on: within(answer.at - (records?.clockOffsetMs ?? 0)) })),
    audit: audit.slice(mark.audit).map((entry) => ({ ...entry, on: within(entry.at - (records?.clockOffsetMs ?? 0)) })),
  };
  for (const who of names) mark.exchanges[who] = cast[who].exchanges.length;
  for (const { who, messages } of mail) mark.mail[who] = messages.length;
  Object.assign(mark, {
    since: now,
    idp: log.length,
    answer: records?.responses[0]?.id ?? mark.answer,
    audit: audit.length,
    records: records ?? mark.records,
  });
  return found;
}

/** A scenario may end before its organization or tenant is there, and may take them away; a real identity provider has no log for us. */
const absent = <Value>(asked: Promise<Value>): Promise<Value | undefined> =>
  ifPresent(asked).catch((error: unknown) => {
    if (error instanceof Unable) return undefined;
    throw error;
  });

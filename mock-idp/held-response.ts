/** Keeps the next answer back until somebody has looked at it, edited it and let it go; the browser waits meanwhile. It decides nothing about who may sign in. */
import type { Delivery } from './delivery.ts';
import { randomId } from './saml-values.ts';
import { signAnew } from './sign-anew.ts';
import { type Tenant, tenantTime } from './state.ts';

export class NothingHeld extends Error {
  constructor() {
    super('no answer is kept back; ask for that with PUT …/hold {"hold": true}, and sign in');
  }
}

/** Asks for the next answer to be kept back, or no longer. An answer that waits already goes on waiting. */
export function keepNext(tenant: Tenant, hold: boolean): void {
  (tenant.hold ??= { next: false, held: undefined }).next = hold;
}

/** The ID under which the browser waits; undefined when the answer is to go out at once. */
export function keepBack(tenant: Tenant, delivery: Delivery): string | undefined {
  if (!tenant.hold?.next) return undefined;
  const id = randomId();
  tenant.hold = { next: false, held: { id, delivery, since: tenantTime(tenant), released: false } };
  return id;
}

/** What may be known of it by whoever has the control token. */
export function holdView(tenant: Tenant): {
  hold: boolean;
  held: { xml: string; action: string; since: string } | null;
} {
  const { next = false, held } = tenant.hold ?? {};
  const waiting = held && !held.released ? held : undefined;
  return {
    hold: next,
    held: waiting
      ? { xml: waiting.delivery.xml, action: waiting.delivery.action, since: new Date(waiting.since).toISOString() }
      : null,
  };
}

/** Lets it go: as it was, with other text, or with other text and fresh signatures. Throws NothingHeld, and XmlRefused where text that is to be signed is no XML. */
export function release(
  tenant: Tenant,
  { xml, resign = false }: { xml?: string | undefined; resign?: boolean | undefined } = {},
): void {
  const held = tenant.hold?.held;
  if (held === undefined || held.released) throw new NothingHeld();
  const { delivery } = held;
  const text = resign ? signAnew(xml ?? delivery.xml, tenant.keys) : (xml ?? delivery.xml);
  if (text !== delivery.xml) {
    const former = Buffer.from(delivery.xml).toString('base64');
    const fields = delivery.fields.map(([name, value]) =>
      value === former || name === 'SAMLResponse'
        ? ([name, Buffer.from(text).toString('base64')] as const)
        : ([name, value] as const),
    );
    held.delivery = { ...delivery, xml: text, fields };
  }
  held.released = true;
}

/** The answer once it was let go, and only once; `waiting` until then, undefined when there is none of this ID. */
export function collect(tenant: Tenant, id: string): Delivery | 'waiting' | undefined {
  const held = tenant.hold?.held;
  if (held?.id !== id) return undefined;
  if (!held.released) return 'waiting';
  tenant.hold!.held = undefined;
  return held.delivery;
}

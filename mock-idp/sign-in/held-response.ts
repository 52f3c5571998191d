/** Keeps the next response back until it is released, as it was or edited. The browser waits meanwhile. */
import type { Delivery } from '../response/delivery.ts';
import { randomId } from '../response/saml-values.ts';
import { signAnew } from '../response/sign-anew.ts';
import { type Tenant, tenantTime } from '../tenants/state.ts';

export class NothingHeld extends Error {
  constructor() {
    super('no answer is kept back; ask for that with PUT …/hold {"hold": true}, and sign in');
  }
}

/** Whether the next response is kept back. A response that is held already stays held. */
export function holdNext({ hold }: Tenant, next: boolean): void {
  hold.next = next;
}

/** The ID under which the browser waits; undefined if the response is to go out at once. */
export function holdBack(tenant: Tenant, delivery: Delivery): string | undefined {
  if (!tenant.hold.next) return undefined;
  const id = randomId();
  tenant.hold = { next: false, held: { id, delivery, since: tenantTime(tenant), released: false } };
  return id;
}

/** What the control routes show. */
export function holdView({ hold: { next, held } }: Tenant): {
  hold: boolean;
  held: { xml: string; action: string; since: string } | null;
} {
  if (held === undefined || held.released) return { hold: next, held: null };
  const { xml, action } = held.delivery;
  return { hold: next, held: { xml, action, since: new Date(held.since).toISOString() } };
}

/**
 * Releases the held response: as it was, with other text, or with other text and fresh signatures.
 * Throws NothingHeld, and XmlRefused if the text to sign is not XML.
 */
export function release(
  { hold: { held }, keys }: Tenant,
  { xml, resign = false }: { xml?: string | undefined; resign?: boolean | undefined } = {},
): void {
  if (held === undefined || held.released) throw new NothingHeld();
  const text = xml ?? held.delivery.xml;
  held.delivery = withText(held.delivery, resign ? signAnew(text, keys) : text);
  held.released = true;
}

function withText(delivery: Delivery, xml: string): Delivery {
  if (xml === delivery.xml) return delivery;
  const [former, encoded] = [delivery.xml, xml].map((text) => Buffer.from(text).toString('base64'));
  const fields = delivery.fields.map(
    ([name, value]) => [name, value === former || name === 'SAMLResponse' ? encoded! : value] as const,
  );
  return { ...delivery, xml, fields };
}

/** The response once it was released, and only once; `waiting` until then, undefined if the ID is unknown. */
export function takeReleased({ hold }: Tenant, id: string): Delivery | 'waiting' | undefined {
  const { held } = hold;
  if (held?.id !== id) return undefined;
  if (!held.released) return 'waiting';
  hold.held = undefined;
  return held.delivery;
}

/** Holds the next response until it is released, unchanged or edited. The browser waits meanwhile. */
import type { Delivery } from '../response/delivery.ts';
import { reSign } from '../response/re-sign.ts';
import { randomId } from '../response/saml-values.ts';
import { type Tenant, tenantTime } from '../tenants/state.ts';

export class NoHeldResponse extends Error {
  constructor() {
    super('no response is held; send PUT …/hold {"hold": true}, then sign in');
  }
}

/** Turns holding the next response on or off. A response that is already held stays held. */
export function holdNext({ hold }: Tenant, next: boolean): void {
  hold.next = next;
}

/** Holds the response and returns its ID; undefined if it is to be sent at once. */
export function holdBack(tenant: Tenant, delivery: Delivery): string | undefined {
  if (!tenant.hold.next) return undefined;
  const id = randomId();
  tenant.hold = { next: false, held: { id, delivery, since: tenantTime(tenant), released: false } };
  return id;
}

/** The view for the control routes. */
export function holdView({ hold: { next, held } }: Tenant): {
  hold: boolean;
  held: { xml: string; action: string; since: string } | null;
} {
  if (held === undefined || held.released) return { hold: next, held: null };
  const { xml, action } = held.delivery;
  return { hold: next, held: { xml, action, since: new Date(held.since).toISOString() } };
}

/**
 * Releases the held response: unchanged, edited, or edited and signed again.
 * Throws NoHeldResponse, and InvalidXml if the text to sign is not XML.
 */
export function release(
  { hold: { held }, keys }: Tenant,
  { xml, resign = false }: { xml?: string | undefined; resign?: boolean | undefined } = {},
): void {
  if (held === undefined || held.released) throw new NoHeldResponse();
  const text = xml ?? held.delivery.xml;
  held.delivery = withText(held.delivery, resign ? reSign(text, keys) : text);
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

/** Returns a released response, once; `waiting` before that; undefined if the ID is unknown. */
export function takeReleased({ hold }: Tenant, id: string): Delivery | 'waiting' | undefined {
  const { held } = hold;
  if (held?.id !== id) return undefined;
  if (!held.released) return 'waiting';
  hold.held = undefined;
  return held.delivery;
}

/** The persona of a tenant: the product that it plays. */
import { personaOf } from '../personas/catalogue.ts';
import type { PersonaCode } from '../personas/codes.ts';
import { expand } from '../personas/expand.ts';
import type { InPersona, Plan } from '../personas/persona.ts';
import { type PlanChange, planOf } from '../personas/plan.ts';

export interface TenantPersona {
  /** Absent if the product is unknown, as of a learned persona. */
  code?: PersonaCode | undefined;
  /** The product's name. */
  name: string;
  set: PlanChange;
  plan: Plan;
}

type Setting = string | { name?: string | undefined; set?: PlanChange | undefined; learned?: unknown };

/** Throws Refused, which names the nearest, if there is no such persona. */
export function readPersona(setting: Setting): TenantPersona {
  const { name: wanted, set = {} } = typeof setting === 'string' ? { name: setting } : setting;
  if (wanted === undefined) return { name: 'a real identity provider', set, plan: planOf({ facts: {} }, set) };
  const persona = personaOf(wanted);
  return { code: persona.code, name: persona.name, set, plan: planOf(persona, set) };
}

interface Played {
  name: string;
  persona?: TenantPersona | undefined;
}

/** Its entity ID, which is not a URL of this server; undefined without a persona, or where the product has none. */
export const entityIdInPersona = ({ name, persona }: Played): string | undefined =>
  persona === undefined || persona.plan.entityId === ''
    ? undefined
    : expand(persona.plan.entityId, name, { tenantName: name.toLowerCase() });

/** True if its metadata has a second certificate, of a key with which it never signs. */
export const listsOtherCertificate = ({ persona }: Pick<Played, 'persona'>): boolean =>
  persona?.plan.metadata.otherCertificate === 'after its own';

/** For the response to this user. */
export const inPersona = (
  { name, persona }: Played,
  who: Pick<InPersona, 'username' | 'attributeNames'>,
): InPersona | undefined => persona && { plan: persona.plan, seed: name, ...who };

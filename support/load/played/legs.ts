/** The legs of a sign-in: where its time goes, with that of the IdP apart from the product's. */

/** One request and its reply; redirects one by one. */
export interface Exchange {
  url: string;
  method: string;
  /** 0 if there was no reply. */
  status: number;
  ms: number;
  fields: readonly (readonly [string, string])[];
  /** Why there was no reply. */
  failure?: string | undefined;
}

export const legs = ['discovery', 'redirect', 'idp', 'acs', 'first page'] as const;
export type Leg = (typeof legs)[number];

/** In milliseconds; a leg that was not reached is missing. */
export type LegTimes = Partial<Record<Leg, number>>;

export const legMeanings: Readonly<Record<Leg, string>> = {
  discovery: 'the login page of the product',
  redirect: 'the request that the product answers with an AuthnRequest',
  idp: 'all pages of the identity provider',
  acs: 'the response posted to the product',
  'first page': 'from there to the page that shows who is signed in',
};

const carriesResponse = ({ fields }: Exchange): boolean => fields.some(([name]) => /^SAML(Response|art)$/.test(name));

/** The sum for each leg. */
export function legTimes(exchanges: readonly Exchange[], { idp }: { idp: string }): LegTimes {
  const isIdp = ({ url }: Exchange): boolean => url.startsWith(`${idp}/`);
  const firstAtIdp = exchanges.findIndex(isIdp);
  const atAcs = exchanges.findIndex((one) => !isIdp(one) && carriesResponse(one));
  const times: LegTimes = {};
  for (const [index, one] of exchanges.entries()) {
    const leg = isIdp(one) ? 'idp' : legAt(index, firstAtIdp, atAcs);
    times[leg] = (times[leg] ?? 0) + one.ms;
  }
  return times;
}

function legAt(index: number, firstAtIdp: number, atAcs: number): Leg {
  if (firstAtIdp === -1 || index < firstAtIdp - 1) return 'discovery';
  if (index === firstAtIdp - 1) return 'redirect';
  return index === atAcs ? 'acs' : 'first page';
}

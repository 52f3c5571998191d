/** The codes of the personas. */

export const personaCodes = ['entra', 'okta', 'keycloak-2022'] as const;
export type PersonaCode = (typeof personaCodes)[number];

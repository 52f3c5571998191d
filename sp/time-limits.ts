/** How long a test link, a tester at the identity provider, and an AuthnRequest may take. */

/** Milliseconds on the organization's clock. */
export const times = { link: 24 * 3_600_000, answer: 30 * 60_000, request: 10 * 60_000 };

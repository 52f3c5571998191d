/** Time limits of a test link, of a test after its AuthnRequest, and of an AuthnRequest. */

/** Milliseconds on the organization's clock. */
export const times = { link: 24 * 3_600_000, response: 30 * 60_000, request: 10 * 60_000 };

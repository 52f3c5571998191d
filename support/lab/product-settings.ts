/** How a product is set up for our service provider, as its administrator would do it. */
import { personas } from '../../mock-idp/personas/catalogue.ts';
import type { PersonaCode } from '../../mock-idp/personas/codes.ts';
import type { Plan, Signed } from '../../mock-idp/personas/persona.ts';

const email = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';

/** Products that sign either the response or the assertion. */
const signsOne: readonly PersonaCode[] = ['google', 'auth0', 'cyberark'];

/** Changes to the product's defaults, so that the response is signed and its NameID is the email. */
export function settingsOf(code: PersonaCode): Partial<Pick<Plan, 'signed' | 'nameId'>> {
  const { signed, nameId } = personas[code].facts;
  const response: Signed = signsOne.includes(code) ? 'response' : 'both';
  return {
    ...(signed?.value === 'assertion' && { signed: response }),
    ...(nameId?.value.format !== email && { nameId: { format: email, value: 'as configured' } }),
  };
}

/** For the visitor who has chosen the product. */
export const noteOnSettings = (code: PersonaCode): string =>
  'It is set up for this service provider: it signs the response, and the NameID is the email.' +
  (personas[code].facts.confirmationNotBefore?.value
    ? ' The service provider rejects its responses all the same, for NotBefore in SubjectConfirmationData.'
    : '');

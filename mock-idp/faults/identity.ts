/** NameIDs that look like the user's and are not, or that aim at whoever reads addresses. */
import type { Fault, Verdict } from '../fault.ts';
import { assertionClaimsFault } from '../fault-builders.ts';

const exact = 'SAML core 1.3.1 (exact comparison)';
const address = 'SAML core 8.3.2; RFC 5322 3.4.1 (addr-spec, dot-atom only)';

/** The local part and the domain made into another NameID. */
const nameIdFault = <const Code extends string>(
  code: Code,
  sentence: string,
  change: (local: string, domain: string) => string,
  { rule = exact, verdict = 'reject' }: { rule?: string; verdict?: Verdict } = {},
): Fault<Code> =>
  assertionClaimsFault({ code, sentence, rule, verdict, touches: ['NameID'] }, (claims) => {
    if (!claims.nameId?.value.includes('@')) return claims;
    const [local = '', domain = ''] = claims.nameId.value.split('@');
    return { ...claims, nameId: { ...claims.nameId, value: change(local, domain) } };
  });

const cyrillic: Readonly<Record<string, string>> = {
  a: '\u0430',
  e: '\u0435',
  o: '\u043e',
  p: '\u0440',
  c: '\u0441',
  x: '\u0445',
  y: '\u0443',
  i: '\u0456',
};
const lookalike = (text: string): string =>
  /[aeopcxyi]/.test(text) ? text.replace(/[aeopcxyi]/, (letter) => cyrillic[letter]!) : `${text}\u0430`;
const fullWidth = (text: string): string =>
  text.replace(/[!-~]/, (character) => String.fromCodePoint(character.codePointAt(0)! + 0xfee0));

export const identityFaults = {
  // An exact comparison would reject it. The rule for email addresses folds ASCII case, so it is the same user.
  'a NameID in capitals': nameIdFault(
    'nameid-case-variant',
    'The NameID is the user’s address in capital letters.',
    (local, domain) => `${local}@${domain}`.toUpperCase(),
    { rule: 'RFC 5321 2.4; rule of the SP: ASCII case is folded', verdict: 'accept' },
  ),
  'a NameID with a space at the end': nameIdFault(
    'nameid-trailing-space',
    'A space follows the user’s address.',
    (local, domain) => `${local}@${domain} `,
  ),
  'a NameID on a line of its own': nameIdFault(
    'nameid-line-breaks',
    'Line ends stand around the user’s address.',
    (local, domain) => `\n    ${local}@${domain}\n`,
  ),
  'a NameID with a no-break space': nameIdFault(
    'nameid-nbsp',
    'A no-break space follows the user’s address.',
    (local, domain) => `${local}@${domain}\u00a0`,
  ),
  'a NameID with a letter of another script': nameIdFault(
    'nameid-unicode-homoglyph',
    'One letter before the @ is a Cyrillic one that looks the same.',
    (local, domain) => `${lookalike(local)}@${domain}`,
    { rule: `${exact}; Unicode TS 39` },
  ),
  'a NameID with a letter of full width': nameIdFault(
    'nameid-nfkc',
    'The first letter is of full width, which some normalization makes the plain one.',
    (local, domain) => `${fullWidth(local)}@${domain}`,
    { rule: `${exact}; no Unicode normalization` },
  ),
  'a NameID with a space of no width': nameIdFault(
    'nameid-zero-width',
    'A space without width stands before the @.',
    (local, domain) => `${local}\u200b@${domain}`,
  ),
  'a NameID with a mark of writing direction': nameIdFault(
    'nameid-bidi',
    'A mark that turns the writing direction stands at the beginning.',
    (local, domain) => `\u202e${local}@${domain}`,
  ),
  'a NameID with a domain of another script': nameIdFault(
    'nameid-idn-domain',
    'One letter of the domain is a Cyrillic one that looks the same.',
    (local, domain) => `${local}@${lookalike(domain)}`,
    { rule: `${exact}; RFC 5891` },
  ),
  'a NameID with a domain of full width': nameIdFault(
    'nameid-domain-nfkc',
    'The first letter of the domain is of full width, which the mapping of IDNA makes the plain one.',
    (local, domain) => `${local}@${fullWidth(domain)}`,
    { rule: `${exact}; RFC 5891 5.2 (nothing is mapped)` },
  ),
  'a NameID with an alias after a plus': nameIdFault(
    'nameid-plus-alias',
    'A plus and a word follow the local part.',
    (local, domain) => `${local}+sso@${domain}`,
  ),
  'a NameID with a quoted local part': nameIdFault(
    'nameid-quoted-local',
    'The local part stands in quotation marks.',
    (local, domain) => `"${local}"@${domain}`,
    { rule: address },
  ),
  'a NameID with two at signs': nameIdFault(
    'nameid-two-at',
    'A second @ and another domain follow the user’s address.',
    (local, domain) => `${local}@${domain}@elsewhere.example`,
    { rule: address },
  ),
  'a NameID with a comment of mail': nameIdFault(
    'nameid-mail-comment',
    'A comment in round brackets follows the local part.',
    (local, domain) => `${local}(the right one)@${domain}`,
    { rule: address },
  ),
  'a NameID with a name before the address': nameIdFault(
    'nameid-display-name',
    'The address stands in angle brackets after a name.',
    (local, domain) => `Somebody <${local}@${domain}>`,
    { rule: address },
  ),
  'a NameID that is a mailto link': nameIdFault(
    'nameid-mailto',
    'The address begins with mailto and a colon.',
    (local, domain) => `mailto:${local}@${domain}`,
    { rule: address },
  ),
  'a NameID with two addresses': nameIdFault(
    'nameid-two-addresses',
    'Another address follows after a comma.',
    (local, domain) => `${local}@${domain},mallory@elsewhere.example`,
    { rule: address },
  ),
  'a NameID of another domain': nameIdFault(
    'email-domain-confusion',
    'The domain of the address belongs to another organization.',
    (local) => `${local}@elsewhere.example`,
    { rule: 'SAML deployment profile SDP-SP16 and SDP-SP17' },
  ),
  'a NameID of a subdomain': nameIdFault(
    'nameid-subdomain',
    'The address is one of a subdomain of the user’s.',
    (local, domain) => `${local}@mail.${domain}`,
    { rule: 'SAML deployment profile SDP-SP17' },
  ),
  'a NameID with SQL': nameIdFault(
    'nameid-sql',
    'The NameID is the end of one SQL statement and the beginning of another.',
    (local, domain) => `${local}'; DROP TABLE users; --@${domain}`,
    { rule: address },
  ),
  'a NameID with HTML': nameIdFault(
    'nameid-html',
    'The NameID is HTML with a script.',
    (local, domain) => `<script>document.title="owned"</script>${local}@${domain}`,
    { rule: address },
  ),
  'a NameID of {characters} characters': assertionClaimsFault(
    {
      code: 'nameid-4096',
      sentence: 'The NameID is an address of great length.',
      rule: 'SAML deployment profile SDP-G02 (at most 256)',
      touches: ['NameID'],
      amount: { unit: 'characters', accept: [], reject: [257, 4096] },
    },
    (claims, { amount }) => {
      if (!claims.nameId) return claims;
      const domain = claims.nameId.value.slice(claims.nameId.value.indexOf('@'));
      return {
        ...claims,
        nameId: { ...claims.nameId, value: `${'x'.repeat(Math.max(1, amount - domain.length))}${domain}` },
      };
    },
  ),
} satisfies Record<string, Fault>;

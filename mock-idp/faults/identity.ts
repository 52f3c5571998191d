/** NameIDs that look like the user's but differ, or that attack email parsers. */
import type { Fault, Verdict } from '../fault.ts';
import { assertionClaimsFault } from '../fault-builders.ts';

const exact = 'SAML core 1.3.1 (exact comparison)';
const address = 'SAML core 8.3.2; RFC 5322 3.4.1 (addr-spec, dot-atom only)';

/** Builds another NameID from the local part and the domain. */
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
  // An exact comparison would reject it, but the SP's rule for emails folds ASCII case, so it is the same user.
  'a NameID in upper case': nameIdFault(
    'nameid-case-variant',
    'The NameID is the user’s email in upper case.',
    (local, domain) => `${local}@${domain}`.toUpperCase(),
    { rule: 'RFC 5321 2.4; rule of the SP: ASCII case is folded', verdict: 'accept' },
  ),
  'a NameID with a trailing space': nameIdFault(
    'nameid-trailing-space',
    'The NameID ends in a space.',
    (local, domain) => `${local}@${domain} `,
  ),
  'a NameID with surrounding line breaks': nameIdFault(
    'nameid-line-breaks',
    'The NameID has line breaks before and after the user’s email.',
    (local, domain) => `\n    ${local}@${domain}\n`,
  ),
  'a NameID with a no-break space': nameIdFault(
    'nameid-nbsp',
    'The NameID ends in a no-break space.',
    (local, domain) => `${local}@${domain}\u00a0`,
  ),
  'a NameID with a Cyrillic homoglyph': nameIdFault(
    'nameid-unicode-homoglyph',
    'One letter before the @ is a Cyrillic one that looks the same.',
    (local, domain) => `${lookalike(local)}@${domain}`,
    { rule: `${exact}; Unicode TS 39` },
  ),
  'a NameID with a full-width letter': nameIdFault(
    'nameid-nfkc',
    'The first letter is full-width; Unicode normalization (NFKC) would make it a plain one.',
    (local, domain) => `${fullWidth(local)}@${domain}`,
    { rule: `${exact}; no Unicode normalization` },
  ),
  'a NameID with a zero-width space': nameIdFault(
    'nameid-zero-width',
    'A zero-width space precedes the @.',
    (local, domain) => `${local}\u200b@${domain}`,
  ),
  'a NameID with a bidirectional control character': nameIdFault(
    'nameid-bidi',
    'The NameID starts with a right-to-left override.',
    (local, domain) => `\u202e${local}@${domain}`,
  ),
  'a NameID with a homoglyph in the domain': nameIdFault(
    'nameid-idn-domain',
    'One letter of the domain is a Cyrillic one that looks the same.',
    (local, domain) => `${local}@${lookalike(domain)}`,
    { rule: `${exact}; RFC 5891` },
  ),
  'a NameID with a full-width letter in the domain': nameIdFault(
    'nameid-domain-nfkc',
    'The first letter of the domain is full-width; IDNA mapping would make it a plain one.',
    (local, domain) => `${local}@${fullWidth(domain)}`,
    { rule: `${exact}; RFC 5891 5.2 (nothing is mapped)` },
  ),
  'a NameID with a plus alias': nameIdFault(
    'nameid-plus-alias',
    'The local part ends in a plus sign and a tag.',
    (local, domain) => `${local}+sso@${domain}`,
  ),
  'a NameID with a quoted local part': nameIdFault(
    'nameid-quoted-local',
    'The local part is in quotation marks.',
    (local, domain) => `"${local}"@${domain}`,
    { rule: address },
  ),
  'a NameID with two at signs': nameIdFault(
    'nameid-two-at',
    'A second @ and another domain follow the user’s email.',
    (local, domain) => `${local}@${domain}@elsewhere.example`,
    { rule: address },
  ),
  'a NameID with an email comment': nameIdFault(
    'nameid-mail-comment',
    'A comment in parentheses follows the local part.',
    (local, domain) => `${local}(the right one)@${domain}`,
    { rule: address },
  ),
  'a NameID with a display name': nameIdFault(
    'nameid-display-name',
    'The email is in angle brackets after a display name.',
    (local, domain) => `Sam <${local}@${domain}>`,
    { rule: address },
  ),
  'a NameID with a mailto: prefix': nameIdFault(
    'nameid-mailto',
    'The NameID starts with “mailto:”.',
    (local, domain) => `mailto:${local}@${domain}`,
    { rule: address },
  ),
  'a NameID with two emails': nameIdFault(
    'nameid-two-addresses',
    'Another email follows after a comma.',
    (local, domain) => `${local}@${domain},mallory@elsewhere.example`,
    { rule: address },
  ),
  'a NameID in the domain of another organization': nameIdFault(
    'email-domain-confusion',
    'The domain of the NameID belongs to another organization.',
    (local) => `${local}@elsewhere.example`,
    { rule: 'SAML deployment profile SDP-SP16 and SDP-SP17' },
  ),
  'a NameID in a subdomain': nameIdFault(
    'nameid-subdomain',
    'The domain of the NameID is a subdomain of the user’s.',
    (local, domain) => `${local}@mail.${domain}`,
    { rule: 'SAML deployment profile SDP-SP17' },
  ),
  'a NameID with SQL': nameIdFault(
    'nameid-sql',
    'The NameID is an SQL injection.',
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
      sentence: 'The NameID is a very long email.',
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

/** Verifies signatures with independent software, for the tests of the faults. */
import { execFileSync } from 'node:child_process';
import { webcrypto, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignedXml as XmlCryptoSignature } from 'xml-crypto';
import { parse } from '../faults/messages.fixture.ts';

const dsig = 'http://www.w3.org/2000/09/xmldsig#';

/** xmldsigjs with its own parser, which differs from ours. */
const xmldsigjs = (() => {
  const require = createRequire(createRequire(import.meta.url).resolve('xmldsigjs'));
  const library = require('xmldsigjs') as typeof import('xmldsigjs');
  require('xml-core').setNodeDependencies({ ...require('@xmldom/xmldom'), xpath: require('xpath') });
  library.Application.setEngine('node', webcrypto as never);
  return library;
})();

/** True if every signature in the text is valid, also if there is none. */
function signaturesOf(xml: string): Element[] | undefined {
  const root = parse(xml);
  return root && Array.from(root.getElementsByTagNameNS(dsig, 'Signature'));
}

/** Escapes the separators that xmldom converts to line feeds, contrary to XML 1.0. */
const withReferences = (xml: string): string =>
  xml.replace(/[\u0085\u2028\u2029]/g, (letter) => `&#${letter.codePointAt(0)};`);

/** True if every signature in the text was made with the key of this certificate, by xmldsigjs. */
export async function verifiedByXmldsigjs(xml: string, certificate: string): Promise<boolean> {
  if (parse(xml) === undefined) return false;
  const document = xmldsigjs.Parse(withReferences(xml));
  const signatures = Array.from(document.getElementsByTagNameNS(dsig, 'Signature'));
  for (const signature of signatures) if (!(await verifyByXmldsigjs(signature, certificate))) return false;
  return true;
}

async function verifyByXmldsigjs(signature: Element, certificate: string): Promise<boolean> {
  const method = signature.getElementsByTagNameNS(dsig, 'SignatureMethod')[0]?.getAttribute('Algorithm') ?? '';
  const [, bits, pss] = /sha(\d+)(-rsa-MGF1)?$/i.exec(method) ?? [];
  if (bits === undefined || !/rsa/.test(method)) return false;
  const algorithm = {
    name: pss ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5',
    hash: `SHA-${bits}`,
    saltLength: Number(bits) / 8,
  };
  const spki = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
  const key = await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']);
  try {
    const signed = new xmldsigjs.SignedXml(signature.ownerDocument);
    signed.LoadXml(signature);
    return await signed.Verify(key as never);
  } catch {
    return false; // it throws where a digest differs
  }
}

/** The same by xml-crypto. */
export function verifiedByXmlCrypto(xml: string, certificate: string): boolean {
  const signatures = signaturesOf(xml);
  return (
    signatures?.every((signature) => {
      const signed = new XmlCryptoSignature({ publicCert: certificate, getCertFromKeyInfo: () => null });
      signed.idAttributes = ['ID']; // as SAML has it
      try {
        signed.loadSignature(signature as never);
        return signed.checkSignature(withReferences(xml));
      } catch {
        return false;
      }
    }) ?? false
  );
}

const identified = [
  'protocol:Response',
  'protocol:AuthnRequest',
  'protocol:LogoutResponse',
  'assertion:Assertion',
  'assertion:Response',
];

/** The same by the program xmlsec1. */
export function verifiedByXmlsec1(xml: string, certificate: string): boolean {
  const signatures = signaturesOf(xml);
  if (signatures === undefined) return false;
  const folder = mkdtempSync(join(tmpdir(), 'faults-'));
  const [message, pem] = [join(folder, 'message.xml'), join(folder, 'certificate.pem')];
  try {
    writeFileSync(message, xml);
    writeFileSync(pem, certificate);
    return signatures.every((_, index) => verifyByXmlsec1({ message, pem, number: index + 1 }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function verifyByXmlsec1({ message, pem, number }: { message: string; pem: string; number: number }): boolean {
  const place = `(//*[namespace-uri()="${dsig}" and local-name()="Signature"])[${number}]`;
  // Only the given key counts; KeyInfo in the message is ignored.
  const keyOptions = ['--enabled-key-data', 'key-name', '--pubkey-cert-pem', pem];
  const idOptions = identified.flatMap((name) => ['--id-attr:ID', `urn:oasis:names:tc:SAML:2.0:${name}`]);
  try {
    execFileSync('xmlsec1', ['--verify', ...keyOptions, ...idOptions, '--node-xpath', place, message], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

/** Makes self-signed certificates. Its library, unlike `@peculiar/x509`, does not patch the global `Reflect`. */
import { type KeyObject, randomBytes, sign } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  Extension,
  Extensions,
  id_ce_basicConstraints,
  id_ce_keyUsage,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';

export interface Subject {
  commonName: string;
  notBefore: Date;
  notAfter: Date;
}

/** sha256WithRSAEncryption with its NULL (RFC 4055, 5), and ecdsa-with-SHA256 (RFC 5758, 3.2). */
const signatureAlgorithms = {
  rsa: { algorithm: '1.2.840.113549.1.1.11', parameters: null },
  ec: { algorithm: '1.2.840.10045.4.3.2' },
};

/** A certificate for signatures only, in PEM (RFC 5280, 4.1). The keys are RSA or EC. */
export function selfSigned(
  { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject },
  { commonName, notBefore, notAfter }: Subject,
): string {
  const signatureAlgorithm = new AlgorithmIdentifier(
    signatureAlgorithms[privateKey.asymmetricKeyType as keyof typeof signatureAlgorithms],
  );
  const name = nameOf(commonName);
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature: signatureAlgorithm,
    issuer: name,
    validity: new Validity({ notBefore, notAfter }),
    subject: name,
    subjectPublicKeyInfo: AsnConvert.parse(publicKey.export({ type: 'spki', format: 'der' }), SubjectPublicKeyInfo),
    extensions: new Extensions([
      critical(id_ce_basicConstraints, new BasicConstraints()),
      critical(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature)),
    ]),
  });
  const signatureValue = bytes(sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), privateKey));
  return pem(AsnConvert.serialize(new Certificate({ tbsCertificate, signatureAlgorithm, signatureValue })));
}

const nameOf = (commonName: string): Name =>
  new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type: '2.5.4.3', value: new AttributeValue({ utf8String: commonName }) }),
    ]),
  ]);

/** A leading zero bit keeps the serial number positive, the next bit its length of 16 octets (RFC 5280, 4.1.2.2). */
function serialNumber(): ArrayBuffer {
  const octets = randomBytes(16);
  octets[0] = 0x40 | (octets[0]! & 0x0f);
  return bytes(octets);
}

const critical = (extnID: string, value: object): Extension =>
  new Extension({ extnID, critical: true, extnValue: new OctetString(AsnConvert.serialize(value)) });

const bytes = (buffer: Buffer): ArrayBuffer => Uint8Array.from(buffer).buffer;

const pem = (der: ArrayBuffer): string => {
  const lines = Buffer.from(der)
    .toString('base64')
    .replace(/.{1,64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`;
};

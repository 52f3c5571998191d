/** The extension that limits a certificate authority to some names (RFC 5280, 4.2.1.10), written as DER. */
import { isIPv4, isIPv6 } from 'node:net';
import * as x509 from '@peculiar/x509';

/** Host names, each with the names below it, and IP addresses. Everything of a kind that is not listed is forbidden. */
export function nameConstraints(names: readonly string[]): x509.Extension {
  const permitted = [...loopback, ...names.map(subtreeOf)].map((base) => tagged(0x30, base));
  return new x509.Extension('2.5.29.30', true, tagged(0x30, tagged(0xa0, Buffer.concat(permitted))));
}

/** 127.0.0.0/8 and ::1/128. */
const loopback = [
  tagged(0x87, Buffer.from([127, 0, 0, 0, 255, 0, 0, 0])),
  tagged(0x87, Buffer.concat([ipv6('::1'), Buffer.alloc(16, 255)])),
];

function subtreeOf(name: string): Buffer {
  if (isIPv4(name)) return tagged(0x87, Buffer.from([...name.split('.').map(Number), 255, 255, 255, 255]));
  if (isIPv6(name)) return tagged(0x87, Buffer.concat([ipv6(name), Buffer.alloc(16, 255)]));
  return tagged(0x82, Buffer.from(name, 'ascii'));
}

function ipv6(address: string): Buffer {
  const [before = '', after] = address.split('::').map((half) => half.split(':').filter(Boolean));
  const groups = [...before, ...Array(8 - before.length - (after?.length ?? 0)).fill('0'), ...(after ?? [])];
  return Buffer.from(groups.map((group) => String(group).padStart(4, '0')).join(''), 'hex');
}

function tagged(tag: number, content: Buffer): Buffer<ArrayBuffer> {
  const { length } = content;
  const size = length < 128 ? [length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

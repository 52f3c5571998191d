/** Every check of a sign-in in our service provider, by its file, with the edit that removes it. */

export interface Removal {
  check: string;
  file: string;
  /** Occurs once in the file, regardless of its formatting; without a comma at the end. */
  find: string;
  instead: string;
}

type Edit = readonly [check: string, find: string, instead: string];

const edits: Readonly<Record<string, readonly Edit[]>> = {
  'sp/saml/decode.ts': [
    ['decode: number of fields', 'if (fields.length > mostFields) return', 'if (false) return'],
    ['decode: only POST', "if (method !== 'POST') {", 'if (false) {'],
    [
      'decode: content type',
      'if (contentType !== undefined && contentType',
      'if (false && contentType !== undefined && contentType',
    ],
    ['decode: presence of a response', 'if (responses.length === 0) {', 'if (false) {'],
    ['decode: one response only', 'if (responses.length > 1) return', 'if (false) return'],
    ['decode: one RelayState only', 'if (relayStates.length > 1) return', 'if (false) return'],
    ['decode: an empty response', "if (value.trim() === '') return", 'if (false) return'],
    ['decode: length of the field', 'if (value.length > maxOctets * 1.5) return', 'if (false) return'],
    ['decode: percent signs', 'if (/%[0-9A-Fa-f]{2}/.test(value)) return', 'if (false) return'],
    ['decode: number of bytes', 'if (octets.length > maxOctets) return', 'if (false) return'],
    ['decode: UTF-8 strictly', '{ fatal: true, ignoreBOM: true }', '{ fatal: false, ignoreBOM: true }'],
    ['decode: byte order mark and NUL', 'if (/^[\\uFEFF\\0]|^.\\0/.test(xml)) {', 'if (false) {'],
    ['decode: starts like XML', "if (xml.trimStart().startsWith('<')) return", 'if (true) return'],
    ['decode: deflated bytes', "inflates(octets) ? failed('response-deflated') : ", ''],
    ['decode: limit for inflating', '{ maxOutputLength: maxOctets }', '{}'],
    ['decode: base64 twice', 'if (/^[A-Za-z0-9+/=\\s]+$/.test(xml) &&', 'if (false &&'],
    ['decode: base64', "if (octets.toString('base64') !== packed) return", 'if (false) return'],
    [
      'decode: no message in the form’s query string',
      "if (query.some(([name]) => name === 'SAMLResponse')) return",
      'if (false) return',
    ],
    ['decode: a byte order mark', '/^[\\uFEFF\\0]|', '/^[\\0]|'],
    ['decode: NUL', '/^[\\uFEFF\\0]|^.\\0/', '/^\\uFEFF/'],
    [
      'decode: a byte order mark is kept for the check',
      'fatal: true, ignoreBOM: true',
      'fatal: true, ignoreBOM: false',
    ],
    [
      'decode: the exact field name',
      '([one]) => one === name)',
      '([one]) => one.toLowerCase() === name.toLowerCase())',
    ],
  ],
  'sp/saml/read.ts': [
    ['read: number of characters', 'if (xml.length > limits.characters) throw', 'if (false) throw'],
    [
      'read: well-formed',
      "parser.on('error', (error) => stop(",
      "parser.on('error', (error) => error.message === 'never' && stop(",
    ],
    ['read: no document type', "parser.on('doctype', () => stop('xml-doctype', { received: '<!DOCTYPE' }));", ''],
    [
      'read: no processing instruction',
      "parser.on('processinginstruction', ({ target }) => " +
        "stop('xml-processing-instruction', { received: `<?${target}` }));",
      '',
    ],
    [
      'read: declared encoding',
      'if (encoding !== undefined && !encodings',
      'if (false && encoding !== undefined && !encodings',
    ],
    ['read: declared version', 'if (version !== undefined && version', 'if (false && version !== undefined && version'],
    ['read: depth', 'if (namespaces.length >= limits.depth)', 'if (false)'],
    ['read: number of elements', '++elements > limits.elements', '++elements > 1e9'],
    ['read: number of values', '++values > limits.values', '++values > 1e9'],
    ['read: elements of one name', 'named.get(local)! > limits.ofOneName', 'false'],
    ['read: attributes of one element', 'if (attributes.length > limits.attributes)', 'if (false)'],
    [
      'read: total number of attributes',
      'if (attributesInAll > limits.attributesInAll + values * limits.attributesOfValue)',
      'if (false)',
    ],
    ['read: namespaces around one element', 'if (namespaces.at(-1)! > limits.namespaces)', 'if (false)'],
    ['read: one ID per element', 'if (all.filter(({ name }) => /^id$/i.test(name)).length > 1)', 'if (false)'],
    [
      'read: namespaces are absolute',
      `if (value !== '' && !/^[a-z][a-z0-9+.-]*:[^\\s"'<>&]*$/i.test(value))`,
      'if (false)',
    ],
    ['read: no quotes in namespaces', `[^\\s"'<>&]*$/i`, '[\\s\\S]*$/i'],
    ['read: no prefix called ID', 'if (/^(id|__proto__)$/i.test(local)) stop(', 'if (/^__proto__$/.test(local)) stop('],
    ['read: no ID in another namespace', "else if (uri !== '' && /^id$/i.test(local)) stop(", 'else if (false) stop('],
    ['read: no duplicate ID', 'if (ids.has(value)) stop(', 'if (false) stop('],
    ['read: IDs in any case', 'else if (/^id$/i.test(name)) {', "else if (name === 'ID') {"],
    ['read: number of comments', 'if (++comments > limits.comments)', 'if (false)'],
    ['read: number of CDATA sections', 'if (++sections > limits.sections)', 'if (false)'],
    [
      'read: the tree parser is also strict',
      'errorHandler: { warning: fail, error: fail, fatalError: fail }',
      'errorHandler: { warning: () => {}, error: () => {}, fatalError: () => {} }',
    ],
    ['read: no prefix that parsers drop', '(id|__proto__)', 'id'],
    ['read: namespaces are absolute, with any quotes', '[a-z][a-z0-9+.-]*:', ''],
    [
      'read: prefixes are declared',
      `parser.on('error', (error) => stop(`,
      `parser.on('error', (error) => !/unbound/i.test(error.message) && stop(`,
    ],
    [
      'read: a parser error is a finding',
      'error instanceof Stop ? error.finding : finding(',
      'error instanceof Stop ? error.finding : (() => { throw error; })() ?? finding(',
    ],
  ],
  'sp/saml/verify.ts': [
    [
      'verify: signatures in an Advice are ignored',
      ".filter((signature) => !hasAncestor(signature, ns.saml, 'Advice'))",
      '',
    ],
    ['verify: the signature is in a valid place', '!rightPlaces.has(one)', 'false'],
    ['verify: one signature per element', 'if (doubled) findings.push(', 'if (false && doubled) findings.push('],
    ['verify: at most two signatures', 'if (inPlace.length > 2) {', 'if (false) {'],
    ['verify: presence of a certificate', 'if (keys.length === 0) {', 'if (false) {'],
    [
      'verify: nothing is verified after a finding',
      'if (findings.length > 0) return { findings, signed: [], present };',
      '',
    ],
    ['verify: an invalid signature overrides a valid one', 'signed: findings.length > 0 ? [] : signed', 'signed'],
    ['verify: findings of an invalid signature', `    findings.push(...outcome.findings);\n`, ''],
    [
      'verify: a signed root is a response or assertion',
      "parent === root ? is(parent, ns.samlp, 'Response') || is(parent, ns.saml, 'Assertion') :",
      'parent === root ? true :',
    ],
    [
      'verify: a signed element below the root is an assertion',
      ": is(parent, ns.saml, 'Assertion') && parent.parentNode === root &&",
      ': parent.parentNode === root &&',
    ],
    ['verify: a signed assertion is a child of the root', '&& parent.parentNode === root && is(root', '&& is(root'],
    [
      'verify: a signed assertion below a response',
      "parent.parentNode === root && is(root, ns.samlp, 'Response');",
      'parent.parentNode === root;',
    ],
    [
      'verify: the shape is checked',
      `  const outcome = shapeOf(signature, allowed);\n  if ('findings' in outcome) return outcome;\n  const { method`,
      `  const found = shapeOf(signature, allowed);
  const text = signature.toString();
  const used = (table: object, what: string): string =>
    Object.keys(table).find((uri) => text.includes(\`\${what} Algorithm="\${uri}"\`)) ?? Object.keys(table)[1]!;
  const outcome = 'shape' in found ? { ...found, weak: [] } : { weak: [], shape: {
    method: signatureMethods[used(signatureMethods, 'SignatureMethod')]!,
    hash: digestMethods[used(digestMethods, 'DigestMethod')]!,
    digestValue: textOf(descendantsNamed(signature, ns.ds, 'DigestValue')[0]),
    signatureValue: textOf(descendantsNamed(signature, ns.ds, 'SignatureValue')[0]),
  } };
  const { method`,
    ],
    [
      'verify: an altered message is not a foreign one',
      '[altered(signature, outcome.shape), ...weak]',
      '[explainForeignKey(signature, keys), ...weak]',
    ],
    ['verify: one reference was digested', 'octets === undefined || more.length > 0 || ', 'octets === undefined || '],
    ['verify: the bytes match the digest', '|| !isDigested(octets)) return undefined;', ') return undefined;'],
    [
      'verify: the signed element contains the signature',
      'return is(content, signed.namespaceURI!, signed.localName) && ' +
        "content.getAttribute('ID') === signed.getAttribute('ID') ? content : undefined;",
      'return content;',
    ],
    ['verify: the signed element has the right name', 'is(content, signed.namespaceURI!, signed.localName)', 'true'],
    ['verify: the signed element has the right ID', "content.getAttribute('ID') === signed.getAttribute('ID')", 'true'],
    [
      'verify: missing content is a finding',
      'if (content === undefined) return { findings: [structureRejected(signature, facts), ...weak] };',
      'if (content === undefined) return { content: content! };',
    ],
    [
      'verify: an embedded certificate is not trusted',
      'const keys = certificates.flatMap(pinnedKey);',
      `const carried = descendantsNamed(root, ns.ds, 'X509Certificate').map(
        (one) => \`-----BEGIN CERTIFICATE-----\\n\${textOf(one)}\\n-----END CERTIFICATE-----\`,
      );
      const keys = [...certificates, ...carried].flatMap(pinnedKey);`,
    ],
    [
      'verify: an unreadable embedded certificate',
      'if (received === undefined) return',
      "if (received === undefined) return { code: 'signature-invalid' }; if (false) return",
    ],
    [
      'verify: the embedded certificate is pinned',
      'if (keys.some(({ fingerprint }) => fingerprint === received)) return',
      'if (false) return',
    ],
    ['verify: only the attribute ID', "(signed as unknown as { idAttributes: string[] }).idAttributes = ['ID'];", ''],
    ['verify: weak keys', ', ...keyWeakness(signature, signer, allowed)]', ']'],
    ['verify: weak algorithms', '[...outcome.weak, ...keyWeakness', '[...keyWeakness'],
    ['verify: a weakness rejects', 'return weak.length > 0 ? { findings: weak } : { content };', 'return { content };'],
    [
      'verify: the verdict of the library counts',
      'if (checked.checkSignature(spellLineEnds(xml))) return',
      'checked.checkSignature(spellLineEnds(xml)); return',
    ],
    ['verify: only line ends of XML 1.0', 'checkSignature(spellLineEnds(xml))', 'checkSignature(xml)'],
    [
      'verify: the signature value',
      'keys.find(({ key }) => isSignature(method, octets, key, signatureValue));',
      'keys[0];',
    ],
    ['verify: the library read the SignedInfo that was verified', 'material === octets', 'true'],
    [
      'verify: a library error is a finding',
      `  } catch {\n    // Thrown`,
      `  } catch (error) {\n    throw error; // Thrown`,
    ],
    ['verify: something was digested', 'octets === undefined || more', 'more'],
  ],
  'sp/saml/signature-structure.ts': [
    ['shape: children of Signature', "...exactly(signature, ['SignedInfo', 'SignatureValue'], ['KeyInfo']),", ''],
    [
      'shape: children of SignedInfo',
      "...exactly(signedInfo, ['CanonicalizationMethod', 'SignatureMethod', 'Reference']),",
      '',
    ],
    [
      'shape: children of Reference',
      "...(hasTransforms ? exactly(reference, ['Transforms', 'DigestMethod', 'DigestValue']) : []),",
      '',
    ],
    [
      'shape: nothing below the leaves',
      '...[signatureValue, signatureMethod, digestMethod, digestValue].flatMap((leaf) => exactly(leaf, [])),',
      '',
    ],
    [
      'shape: nothing below SignatureValue',
      '[signatureValue, signatureMethod, digestMethod',
      '[signatureMethod, digestMethod',
    ],
    [
      'shape: nothing below SignatureMethod',
      '[signatureValue, signatureMethod, digestMethod',
      '[signatureValue, digestMethod',
    ],
    [
      'shape: nothing below DigestMethod',
      'signatureMethod, digestMethod, digestValue].flatMap',
      'signatureMethod, digestValue].flatMap',
    ],
    ['shape: nothing below DigestValue', 'digestMethod, digestValue].flatMap', 'digestMethod].flatMap'],
    ['shape: no comments', '...[signedInfo, signatureValue].flatMap(commentFindings),', ''],
    ['shape: no comment in SignedInfo', '[signedInfo, signatureValue].flatMap(', '[signatureValue].flatMap('],
    ['shape: no comment in SignatureValue', '[signedInfo, signatureValue].flatMap(', '[signedInfo].flatMap('],
    [
      'shape: only a prefix list in CanonicalizationMethod',
      'children.length <= 1 && children.every(isPrefixList) ?',
      'true ?',
    ],
    [
      'shape: one prefix list',
      'children.length <= 1 && children.every(isPrefixList) ?',
      'children.every(isPrefixList) ?',
    ],
    [
      'shape: no other child of CanonicalizationMethod',
      'children.length <= 1 && children.every(isPrefixList) ?',
      'children.length <= 1 ?',
    ],
    ['shape: number of prefixes', '...[canonicalizationMethod, reference].flatMap(longListFindings)', '...[]'],
    ['shape: reference to the parent', 'if (id !== undefined && uri === `#${id}`) return [];', 'return [];'],
    [
      'shape: the parent has an ID',
      'if (id !== undefined && uri === `#${id}`) return [];',
      "if (uri === `#${id ?? ''}`) return [];",
    ],
    [
      'shape: canonicalization of SignedInfo',
      'if (signedInfo === undefined || canonicalization === transforms.exclusive) return [];',
      'return [];',
    ],
    ['shape: transforms', '...transformFindings(signature, parts.reference, allowed),', ''],
    ['shape: algorithms that can be verified', '...algorithmFindings(parts, allowed)', '...[]'],
    ['shape: SHA-1 signature', 'if (signedInfo && isWeak(method?.hash, allowed))', 'if (false)'],
    ['shape: SHA-1 digest', 'if (reference && isWeak(hash, allowed))', 'if (false)'],
    ['shape: SHA-1', "(hash === 'sha1' && !policies.allowSha1)", 'false'],
    [
      'shape: signature algorithm, own properties only',
      'Object.hasOwn(methods, algorithm) ? methods[algorithm]! : undefined',
      'methods[algorithm]',
    ],
    [
      'shape: digest algorithm, own properties only',
      'Object.hasOwn(digests, digestAlgorithm) ? digests[digestAlgorithm]! : undefined',
      'digests[digestAlgorithm]',
    ],
    ['shape: a finding rejects', 'if (findings.length === 0 && method && hash', 'if (method && hash'],
    ['shape: presence of every part', 'if (findings.length === 0) findings.push(', 'if (false) findings.push('],
    ['shape: one Transforms element', 'const right = lists.length === 1 && ', 'const right = '],
    ['shape: two transforms', 'algorithms.length === 2 && ', ''],
    ['shape: the first transform is enveloped-signature', 'algorithms[0] === transforms.enveloped && ', ''],
    ['shape: the second transform is exclusive canonicalization', 'algorithms[1] === transforms.exclusive && ', ''],
    ['shape: the name of the Transforms element', "is(transform, ns.ds, 'Transform') && ", ''],
    [
      'shape: only a prefix list in a transform',
      ' && childElements(transform).every((child) => index === 1 && isPrefixList(child))',
      '',
    ],
    [
      'shape: a prefix list only in the second transform',
      '(child) => index === 1 && isPrefixList(child)',
      '(child) => isPrefixList(child)',
    ],
    ['shape: at most one KeyInfo', ' && received.length <= expected.length + optional.length', ''],
    ['shape: KeyInfo comes last', 'index >= expected.length && ', ''],
    [
      'shape: order of the parts',
      'needed.join() === expected.join()',
      'needed.toSorted().join() === expected.toSorted().join()',
    ],
    ['shape: comments at any depth', 'child.nodeType === 8 || holdsComment(child)', 'child.nodeType === 8'],
    [
      'shape: one of each part',
      'parent && childrenNamed(parent, ns.ds, name).length === 1 ? childNamed(parent, ns.ds, name) : undefined',
      'parent && childNamed(parent, ns.ds, name)',
    ],
    ['shape: signature algorithm is known', 'if (signedInfo && method === undefined) {', 'if (false) {'],
    ['shape: digest algorithm is known', 'if (reference && hash === undefined)', 'if (false)'],
    ['shape: both algorithms were found', ' && method && hash && digestValue', ' && digestValue'],
    ['shape: presence of both values', ' && digestValue && signatureValue) return', ') return'],
    ['shape: one prefix list per transform', ' && prefixLists.length <= 1;', ';'],
  ],
  'sp/saml/algorithms.ts': [
    ['algorithms: key of the right family', 'if (key.asymmetricKeyType !== family) return false;', ''],
    [
      'algorithms: length of the salt',
      ', saltLength: constants.RSA_PSS_SALTLEN_DIGEST }',
      ', saltLength: constants.RSA_PSS_SALTLEN_AUTO }',
    ],
    [
      'algorithms: verification, RSA',
      'return verifyOctets(hash, Buffer.from(octets), key, signature) === true;',
      'return true;',
    ],
    [
      'algorithms: verification, EC',
      "if (family === 'ec') return " +
        "verifyOctets(hash, Buffer.from(octets), { key, dsaEncoding: 'ieee-p1363' }, signature) === true;",
      "if (family === 'ec') return true;",
    ],
    [
      'algorithms: verification, PSS',
      'verifyOctets(hash, Buffer.from(octets), { key, padding',
      'true || verifyOctets(hash, Buffer.from(octets), { key, padding',
    ],
  ],
  'sp/saml/trust-key.ts': [
    ['keys: length', 'if (bits < rsaBits.least) return', 'if (false) return'],
    ['keys: maximum length', 'if (bits > rsaBits.most) return', 'if (false) return'],
    ['keys: curves', 'curve !== undefined && curves.includes(curve) ?', 'true ?'],
    ['keys: type', "if (type !== 'rsa') return `", "if (type !== 'rsa') return undefined; if (false) return `"],
    ['keys: minimum exponent', 'if (exponent < smallestExponent) return', 'if (false) return'],
    ['keys: odd exponent', 'if (exponent % 2n === 0n) return', 'if (false) return'],
    ['keys: maximum exponent', 'if (exponent >= 2n ** 256n) return', 'if (false) return'],
    ['keys: small factors', 'if (factor !== undefined) return', 'if (false) return'],
    ['keys: ROCA', 'if (isRoca(modulus)) return', 'if (false) return'],
    ['keys: close factors', 'if (hasCloseFactors(modulus)) return', 'if (false) return'],
    [
      'keys: the modulus is not a prime',
      'if (checkPrimeSync(octetsOf(modulus), { checks: 1 })) return',
      'if (false) return',
    ],
    ['keys: length of a certificate', 'pem.length > longestCertificate ? undefined :', ''],
    [
      'keys: an unreadable certificate is ignored',
      `  } catch {\n    return undefined;\n  }`,
      `  } catch (error) {\n    throw error;\n  }`,
    ],
  ],
  'sp/saml/decrypt.ts': [
    [
      'decrypt: presence of a wrapped key',
      'if (data === undefined || encryptedKey === undefined) return',
      'if (data === undefined) return',
    ],
    [
      'decrypt: content algorithm is named',
      "if (content === undefined) return { code: 'encryption-algorithm-refused', received: contentAlgorithm };",
      "if (content === undefined) return { code: 'decryption-failed' };",
    ],
    [
      'decrypt: content algorithm, own properties only',
      'Object.hasOwn(contents, contentAlgorithm) ? contents[contentAlgorithm] : undefined',
      'contents[contentAlgorithm]',
    ],
    [
      'decrypt: wrapping algorithm',
      'keyAlgorithm === mgf1p || keyAlgorithm === oaep ? oaepHashOf',
      'true ? oaepHashOf',
    ],
    [
      'decrypt: the plaintext is an assertion',
      " || !is(outcome.message.document.documentElement, ns.saml, 'Assertion')",
      '',
    ],
    ['decrypt: one separate key', 'return siblings.length === 1 ? siblings[0] : undefined;', 'return siblings[0];'],
    ['decrypt: the key reference matches', ".find((key) => `#${attribute(key, 'Id')}` === pointer)", '[0]'],
    [
      'decrypt: OAEP digest, own properties only',
      'Object.hasOwn(digests, stated) ? digests[stated] : undefined',
      'digests[stated]',
    ],
    ['decrypt: both OAEP hashes are the same', 'return hash === maskHash ? hash : undefined;', 'return hash;'],
    ['decrypt: length of the content key', 'return content.length === length ? content : instead;', 'return content;'],
    ['decrypt: length of the tag', ', { authTagLength: 16 }', ''],
    [
      'decrypt: the tag is verified',
      'gcm.update(octets.subarray(12, -16)), gcm.final()]',
      'gcm.update(octets.subarray(12, -16))]',
    ],
    [
      'decrypt: UTF-8 strictly',
      "'utf-8', { fatal: true, ignoreBOM: true }",
      "'utf-8', { fatal: false, ignoreBOM: true }",
    ],
    [
      'decrypt: a failed unwrapping uses a random key',
      `  } catch {\n    return instead;\n  }`,
      `  } catch (error) {\n    throw error;\n  }`,
    ],
    [
      'decrypt: decrypted content passes the XML gate',
      `import { type Read, read } from './read.ts';`,
      `import { parse, type Read } from './read.ts';
const read = (xml: string): { ok: true; message: Read } | { ok: false } => {
  try { return { ok: true, message: { xml, document: parse(xml) } }; } catch { return { ok: false }; }
};`,
    ],
    ['decrypt: the OAEP hash is supported', 'if (oaepHash === undefined) return', 'if (false) return'],
    ['decrypt: byte order mark', `return text.startsWith('\\uFEFF') ? undefined : text;`, 'return text;'],
    [
      'decrypt: every failure looks the same',
      `  } catch {\n    return undefined;\n  }`,
      `  } catch (error) {\n    throw error;\n  }`,
    ],
    [
      'decrypt: content algorithm',
      'Object.hasOwn(contents, contentAlgorithm) ? contents[contentAlgorithm] : undefined',
      'Object.hasOwn(contents, contentAlgorithm) ? contents[contentAlgorithm] : Object.values(contents)[2]',
    ],
  ],
  'sp/saml/judge.ts': [
    ['judge: the root is a response', 'if (!rootIsResponse(root)) return', 'if (false) return'],
    ['judge: presence of an assertion', 'if (success) findings.push(...assertionPresence(root, atResponse));', ''],
    [
      'judge: several encrypted assertions are not decrypted',
      "const isOpenable = success && !findings.some(({ code }) => code === 'assertion-multiple');",
      'const isOpenable = success;',
    ],
    ['judge: nothing is decrypted without a success status', 'const isOpenable = success && ', 'const isOpenable = '],
    [
      'judge: a decrypted assertion has findings',
      'findings.push(...opened.findings, ...signatureFindings(',
      'findings.push(...signatureFindings(',
    ],
    [
      'judge: required signatures',
      'findings.push(...opened.findings, ...signatureFindings(root, verification, opened, expectation, atResponse));',
      'findings.push(...opened.findings);',
    ],
    [
      'judge: an undecrypted assertion is not verified',
      '[...opened.notVerified, ...skippedChecks(expectation, subject)]',
      '[...skippedChecks(expectation, subject)]',
    ],
    [
      'judge: all checks run',
      'for (const check of Object.values(checks).flat()) findings.push(...check.check(subject, expectation));',
      '',
    ],
    [
      'judge: missing settings are not verified',
      '[...opened.notVerified, ...skippedChecks(expectation, subject)]',
      '[...opened.notVerified]',
    ],
    ['judge: a finding rejects', 'if (first) return', 'if (false) return'],
    ['judge: an unverified check leaves the verdict open', 'if (missing) return', 'if (false) return'],
    [
      'judge: the identity is signed',
      'if (!opened.assertion || !(opened.verified || responseVerified)) return',
      'if (!opened.assertion) return',
    ],
    [
      'judge: the identity comes from an assertion',
      'if (!opened.assertion || !(opened.verified || responseVerified)) return',
      'if (!(opened.verified || responseVerified)) return',
    ],
    [
      'judge: the response is read from its signed bytes',
      'const response = signedResponse?.content ?? root;',
      'const response = root;',
    ],
    ['judge: something is signed', 'if (!message && !assertion && !unknown) return [', 'if (false) return ['],
    ['judge: the message is signed', 'if (policies.requireSignedMessage && !message) {', 'if (false) {'],
    [
      'judge: the assertion is signed',
      'if (policies.requireSignedAssertion && !assertion && opened.assertion) {',
      'if (false) {',
    ],
    ['judge: missing certificates', "['signature', idp.certificates === undefined],", ''],
    ['judge: missing issuer', "['issuer', idp.entityId === undefined],", ''],
    ['judge: missing destination', "['destination', sp.acsUrl === undefined],", ''],
    ['judge: missing recipient', "['recipient', sp.acsUrl === undefined],", ''],
    ['judge: missing audience', "['audience', sp.entityId === undefined],", ''],
    [
      'judge: missing request',
      "['in-response-to', request === undefined && attribute(response, 'InResponseTo') !== undefined],",
      '',
    ],
    [
      'judge: missing RelayState',
      "['relay-state', policies.requireRelayState && request !== undefined && relayStateUnknown],",
      '',
    ],
    ['judge: missing account', "['account', account === undefined && assertion !== undefined],", ''],
    ['judge: missing replay', "['replay', wasUsed === undefined && assertion !== undefined]", "['replay', false]"],
    ['judge: at most fifty findings of one code', 'return count <= mostOfOneCode;', 'return true;'],
    ['judge: the order of stages decides', '= inOrder(withoutDuplicates(found));', '= withoutDuplicates(found);'],
    [
      'judge: findings of the signatures',
      '[...verification.findings, ...assertionPlacement(root, atResponse)]',
      '[...assertionPlacement(root, atResponse)]',
    ],
    [
      'judge: placement of assertions',
      '[...verification.findings, ...assertionPlacement(root, atResponse)]',
      '[...verification.findings]',
    ],
    [
      'judge: the message’s signature is its root’s',
      'const message = present.includes(root);',
      'const message = present.length > 0;',
    ],
  ],
  'sp/saml/open-assertion.ts': [
    [
      'judge: the assertion is read from its signed bytes',
      "assertion: signed?.content ?? childNamed(response, ns.saml, 'Assertion'),",
      'assertion: plain,',
    ],
    [
      'judge: the signature of a plain assertion is its own',
      'assertionSignaturePresent: verification.present.includes(plain)',
      'assertionSignaturePresent: true',
    ],
    [
      'judge: a plain assertion is verified by its own signature',
      'verification.present.includes(plain), verified: signed !== undefined',
      'verification.present.includes(plain), verified: true',
    ],
    [
      'judge: encryption is required',
      "findings: policies.requireEncryption ? [finding('encryption-required'",
      "findings: false ? [finding('encryption-required'",
    ],
    [
      'judge: decrypted content is read from signed bytes',
      "const encrypted = childNamed(wrapped.response, ns.saml, 'EncryptedAssertion');",
      "const encrypted = childNamed(wrapped.message.document.documentElement, ns.saml, 'EncryptedAssertion');",
    ],
    [
      'judge: a missing decryption key',
      "return { ...unopened, findings, notVerified: ['decryption'] };",
      'return unopened;',
    ],
    ['judge: no key', 'if (keys.length === 0) {', 'if (false) {'],
    [
      'judge: decryption failed',
      "if ('code' in decrypted) {",
      "if ('code' in decrypted) return unopened; if (false) {",
    ],
    [
      'judge: the decrypted assertion is read from its signed bytes',
      'assertion: signed?.content ?? document.documentElement,',
      'assertion: document.documentElement,',
    ],
    [
      'judge: the signature of a decrypted assertion is its own',
      'assertionSignaturePresent: inner.present.length > 0',
      'assertionSignaturePresent: true',
    ],
    [
      'judge: a decrypted assertion is verified by its own signature',
      'inner.present.length > 0, verified: signed !== undefined',
      'inner.present.length > 0, verified: true',
    ],
    [
      'judge: signatures in encrypted content',
      'findings: [...inner.findings.map((one) => ' +
        '(one.path === undefined ? one : { ...one, path: below + one.path })), ...assertionsInside',
      'findings: [...assertionsInside',
    ],
    [
      'judge: assertions in encrypted content',
      ', ...assertionsInside(document.documentElement, (node) => ({ path: below + pathOf(node) }))]',
      ']',
    ],
  ],
  'sp/saml/identity.ts': [
    [
      'judge: the session ends with the first statement',
      'new Date(Math.min(...sessionEnds))',
      'new Date(sessionEnds[0]!)',
    ],
    [
      'judge: replays are remembered until the conditions expire',
      `new Date(Math.max(instantOf(attribute(conditions, 'NotOnOrAfter')) ?? 0, ...confirmations))`,
      'new Date(Math.max(0, ...confirmations))',
    ],
    ['judge: replays are remembered until every confirmation expires', '?? 0, ...confirmations)', '?? 0)'],
  ],
  'sp/saml/checks/addressing.ts': [
    [
      'destination of a signed response',
      'if (destination === undefined && responseSigned) return [',
      'if (false) return [',
    ],
    [
      'destination is ours',
      'if (destination === undefined || sp.acsUrl === undefined || destination === sp.acsUrl) return [];',
      'return [];',
    ],
    ['unsolicited', 'if (inResponseTo !== undefined || policies.allowIdpInitiated) return [];', 'return [];'],
    [
      'presence of InResponseTo',
      'if (inResponseTo === undefined) {',
      'if (inResponseTo === undefined) return []; if (false) {',
    ],
    ['InResponseTo is ours', 'if (inResponseTo === request.id) return [];', 'return [];'],
    [
      'RelayState',
      'if (request?.relayState === undefined || !policies.requireRelayState ' +
        '|| relayState === request.relayState) return [];',
      'return [];',
    ],
    [
      'RelayState missing',
      '|| relayState === request.relayState) return [];',
      '|| relayState === request.relayState || relayState === undefined) return [];',
    ],
    [
      'RelayState different',
      '|| relayState === request.relayState) return [];',
      '|| relayState !== undefined) return [];',
    ],
    ['issued in the future', 'if (issued > now.getTime() + skewMs) {', 'if (false) {'],
    [
      'issued before the request',
      'if (request?.issuedAt === undefined || issued >= request.issuedAt.getTime() - skewMs) return [];',
      'return [];',
    ],
    [
      'assertion also issued after the request',
      'messagesOf(subject).flatMap((node) => issueInstantFindings(',
      'messagesOf(subject).slice(0, 1).flatMap((node) => issueInstantFindings(',
    ],
    [
      'response also issued after the request',
      'messagesOf(subject).flatMap((node) => issueInstantFindings(',
      'messagesOf(subject).slice(1).flatMap((node) => issueInstantFindings(',
    ],
  ],
  'sp/saml/checks/authn-statement.ts': [
    ['authentication statement', 'if (assertion === undefined || statementOf(assertion)) return [];', 'return [];'],
    [
      'authentication instant is valid',
      'if (instant !== undefined && instant <= now.getTime() + skewMs) return [];',
      'if (instant === undefined || instant <= now.getTime() + skewMs) return [];',
    ],
    [
      'authentication instant not in the future',
      'if (instant !== undefined && instant <= now.getTime() + skewMs) return [];',
      'if (instant !== undefined) return [];',
    ],
    [
      'instants of all statements',
      'check: ({ assertion, at }, { now, skewMs = allowedSkewMs }) => statementsOf(assertion).flatMap(',
      'check: ({ assertion, at }, { now, skewMs = allowedSkewMs }) => statementsOf(assertion).slice(0, 1).flatMap(',
    ],
    ['fresh authentication', 'if (instant >= request.issuedAt.getTime() - skewMs) return [];', 'return [];'],
    [
      'authentication context',
      "if (statement === undefined || (context && classRefOf(assertion).trim() !== '')) return [];",
      'return [];',
    ],
    ['authentication context, empty class', "(context && classRefOf(assertion).trim() !== '')", 'context'],
    ['requested context', ' || isMet(wanted, used)) return [];', ' || true) return [];'],
    ['requested context, exact', 'exact: classRefs.includes(used),', 'exact: true,'],
    [
      'requested context, minimum',
      'minimum: classRefs.includes(used) || known.some((one) => rank(used) >= rank(one)),',
      'minimum: true,',
    ],
    [
      'requested context, maximum',
      'maximum: classRefs.includes(used) || known.some((one) => rank(used) <= rank(one)),',
      'maximum: true,',
    ],
    [
      'requested context, better',
      'better: known.length === classRefs.length && known.every((one) => rank(used) > rank(one))',
      'better: true',
    ],
    ['requested context, better than every known class', 'better: known.length === classRefs.length && ', 'better: '],
    [
      'requested context, unknown class',
      'rank(used) >= 0 ? classRefs.filter((one) => rank(one) >= 0) : []',
      'classRefs',
    ],
    [
      'session end is valid',
      'if (end === undefined) return [',
      'if (end === undefined) return []; if (false) return [',
    ],
    ['session not over', 'if (end > now.getTime()) return [];', 'return [];'],
    [
      'session ends of all statements',
      'check: ({ assertion, at }, { now }) => statementsOf(assertion).flatMap(',
      'check: ({ assertion, at }, { now }) => statementsOf(assertion).slice(0, 1).flatMap(',
    ],
  ],
  'sp/saml/checks/check.ts': [
    [
      'times: complete and in UTC',
      'if (text === undefined || !instantPattern.test(text)) return undefined;',
      'if (text === undefined) return undefined;',
    ],
    [
      'times: existing dates',
      ' || new Date(time).toISOString().slice(0, 10) !== text.slice(0, 10) ? undefined',
      ' ? undefined',
    ],
    ['xs:ID', 'text !== undefined && /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(text)', "text !== undefined && text !== ''"],
    ['times: a valid time', 'Number.isNaN(time) || ', ''],
  ],
  'sp/saml/checks/conditions.ts': [
    ['presence of conditions', 'if (assertion === undefined || conditionsOf(assertion)) return [];', 'return [];'],
    [
      'times of the conditions are valid',
      'if (conditions === undefined || received === undefined || instantOf(received) !== undefined) return [];',
      'return [];',
    ],
    ['window inverted', 'if (start !== undefined && end !== undefined && start >= end) {', 'if (false) {'],
    ['not yet valid', 'if (start !== undefined && latest.getTime() < start) {', 'if (false) {'],
    ['expired', 'if (end !== undefined && earliest.getTime() >= end) {', 'if (false) {'],
    ['expired: on or after', 'earliest.getTime() >= end', 'earliest.getTime() > end'],
    [
      'presence of an audience restriction',
      'if (restrictions.length === 0) return [',
      'if (restrictions.length === 0) return []; if (false) return [',
    ],
    [
      'presence of an audience',
      "if (audiences.length === 0 || audiences.every((audience) => audience === '')) return [",
      "if (audiences.length === 0 || audiences.every((audience) => audience === '')) return []; if (false) return [",
    ],
    ['audience is ours', 'if (expected === undefined || audiences.includes(expected)) return [];', 'return [];'],
    ['every audience restriction', 'return restrictions.flatMap(', 'return restrictions.slice(0, 1).flatMap('],
    [
      'every condition is understood',
      'conditionsIn(assertion).filter((node) => !understood.some((name) => is(node, ns.saml, name)))',
      '[].filter((node: Element) => !node)',
    ],
    ['at most one OneTimeUse', 'if (second === undefined) return [];', 'return [];'],
    ['window inverted: or empty', 'start >= end', 'start > end'],
    ['at most one ProxyRestriction', `['OneTimeUse', 'ProxyRestriction'].flatMap(`, `['OneTimeUse'].flatMap(`],
  ],
  'sp/saml/checks/envelope.ts': [
    ['version', "if (version === '2.0') return [];", 'return [];'],
    [
      'version of the assertion',
      `check: (subject) => messagesOf(subject).flatMap((node) => {\n      const version`,
      `check: (subject) => messagesOf(subject).slice(0, 1).flatMap((node) => {\n      const version`,
    ],
    ['response ID', 'if (isXmlId(id)) return [];', 'return [];'],
    ['assertion ID', 'if (assertion === undefined || isXmlId(id)) return [];', 'return [];'],
    ['issue instants', 'if (instantOf(issued) !== undefined) return [];', 'return [];'],
    [
      'issue instant of the assertion',
      `check: (subject) => messagesOf(subject).flatMap((node) => {\n      const issued`,
      `check: (subject) => messagesOf(subject).slice(0, 1).flatMap((node) => {\n      const issued`,
    ],
    [
      'schema',
      "{ name: 'schema', check: schemaFindings }",
      "{ name: 'schema', check: (...all) => (schemaFindings(...all), []) }",
    ],
    ['assertion multiple', 'if (count > 1) findings.push(', 'if (false) findings.push('],
    ['assertion multiple, encrypted', 'if (count > 1) findings.push(', 'if (plain.length > 1) findings.push('],
    ['assertion missing', 'if (childElements(response).some(isAssertion)) return [];', 'return [];'],
    [
      'assertion misplaced',
      'assertionsBelow(response).filter((node) => ' +
        "node.parentNode !== response || is(node, ns.samlp, 'Response')).map((node) => misplaced(node, at));",
      '[] as Finding[];',
    ],
    ['assertion misplaced: encrypted', "...descendantsNamed(root, ns.saml, 'EncryptedAssertion'), ...desc", '...desc'],
    ['assertion misplaced: response', ", ...descendantsNamed(root, ns.samlp, 'Response')].filter", '].filter'],
    ['assertion misplaced: not in an Advice', ".filter((node) => !hasAncestor(node, ns.saml, 'Advice'))", ''],
    ['assertion misplaced: directly in a response', ` || is(node, ns.samlp, 'Response')).map`, ').map'],
  ],
  'sp/saml/checks/issuer.ts': [
    [
      'presence of an issuer',
      "if (issuer === undefined || value === '') return [",
      "if (issuer === undefined || value === '') return []; if (false) return [",
    ],
    ['issuer is not empty', "if (issuer === undefined || value === '') return", 'if (issuer === undefined) return'],
    [
      'issuer is ours',
      'if (idp.entityId !== undefined && value !== idp.entityId) findings.push(',
      'if (false) findings.push(',
    ],
    ['issuer format', 'if (format !== undefined && format !== entity) findings.push(', 'if (false) findings.push('],
    [
      'issuer of the response',
      'return issuerFindings(subject.response, { required }, subject, expectation);',
      'return [];',
    ],
    [
      'issuer of a signed response',
      'const required = subject.responseSigned || encrypted !== undefined;',
      'const required = encrypted !== undefined;',
    ],
    [
      'issuer of a response with an encrypted assertion',
      'const required = subject.responseSigned || encrypted !== undefined;',
      'const required = subject.responseSigned;',
    ],
    [
      'issuer of the assertion',
      'subject.assertion ? issuerFindings(subject.assertion, { required: true }, subject, expectation) : []',
      '[]',
    ],
  ],
  'sp/saml/checks/name-id.ts': [
    ['encrypted NameID', 'if (encrypted) return [', 'if (false) return ['],
    ['presence of a NameID', "if (nameId && textOf(nameId).trim() !== '') return [];", 'return [];'],
    ['NameID is not empty', "if (nameId && textOf(nameId).trim() !== '') return [];", 'if (nameId) return [];'],
    ['NameID format', 'if (format === expected) return [];', 'return [];'],
    ['NameID length', 'if (nameId === undefined || length <= longest) return [];', 'return [];'],
    ['NameID is an email', '|| looksLikeEmail.test(value)) return [];', '|| true) return [];'],
    ['NameID qualifier', 'if (sp.entityId === undefined || received === sp.entityId) return [];', 'return [];'],
    ['no attribute with different values', 'if (differing === undefined) return [];', 'return [];'],
    [
      'required attributes',
      'return policies.requiredAttributes.filter(',
      'return policies.requiredAttributes.slice(0, 0).filter(',
    ],
    [
      'required attributes have a value',
      ".some(({ values }) => values.some((value) => value.trim() !== ''))",
      '.some(() => true)',
    ],
    [
      'encrypted attributes',
      "childrenNamed(statement, ns.saml, 'EncryptedAttribute'))",
      "childrenNamed(statement, ns.saml, 'EncryptedAttribute').slice(0, 0))",
    ],
    ['account', "if (kind === 'expected') return [];", 'return [];'],
    [
      'account: other',
      'const { kind, expected } = account(value);',
      "const { kind, expected } = account(value); if (kind === 'other') return [];",
    ],
    [
      'account: unknown',
      'const { kind, expected } = account(value);',
      "const { kind, expected } = account(value); if (kind === 'unknown') return [];",
    ],
    [
      'account: deactivated',
      'const { kind, expected } = account(value);',
      "const { kind, expected } = account(value); if (kind === 'deactivated') return [];",
    ],
    [
      'account: foreign domain',
      'const { kind, expected } = account(value);',
      "const { kind, expected } = account(value); if (kind === 'foreign-domain') return [];",
    ],
    ['replay', 'if (!assertion || id === undefined || !wasUsed?.(id)) return [];', 'return [];'],
    [
      'NameID format: a missing one is unspecified',
      "attribute(nameId, 'Format') ?? nameIdFormatUris.unspecified;",
      "attribute(nameId, 'Format') ?? nameIdFormatUris[policies.nameIdFormat];",
    ],
  ],
  'sp/saml/checks/schema.ts': [
    ['schema: the message', `  ...inspect(original),\n`, ''],
    [
      'schema: decrypted content',
      '...(assertion && assertion.ownerDocument !== original.ownerDocument ? inspect(assertion) : [])',
      '...[]',
    ],
    ['schema: attributes', '[...attributeViolations(node, content), ...order', '[...order'],
    ['schema: order', '...orderViolations(node, content), ', ''],
    ['schema: number of occurrences', " || (allowed === 'optional' && index === position && count > 0)", ''],
    ['schema: allowed children', 'if (index < 0 || (allowed', 'if (index < 0) continue; if ((allowed'],
    ['schema: stray text', '...strayText(node, content), ', ''],
    ['schema: empty lists', '...emptyViolations(node), ', ''],
    [
      'schema: an AttributeStatement contains attributes',
      "if (is(node, ns.saml, 'AttributeStatement') && childElements(node).length === 0) return",
      'if (false) return',
    ],
    [
      'schema: an attribute has a name',
      "if (is(node, ns.saml, 'Attribute') && !node.getAttribute('Name')) return",
      'if (false) return',
    ],
    ['schema: including children', ', ...childElements(node).flatMap(inspect)]', ']'],
    ['schema: names that only start like a namespace', '!/^xmlns(:|$)/.test(name)', "!name.startsWith('xmlns')"],
    ['schema: the order itself', 'at >= position && fits(child, name)', 'fits(child, name)'],
    ['schema: stray text, including CDATA', ' || nodeType === 4', ''],
    [
      'schema: own properties only',
      'Object.hasOwn(contents, nameOf(node)) ? contents[nameOf(node)]! : undefined',
      'contents[nameOf(node)]',
    ],
  ],
  'sp/saml/checks/status.ts': [
    [
      'presence of a status',
      'if (!status || !code || !value) {',
      'if (!status || !code || !value) return []; if (false) {',
    ],
    ['status is success', "if (value === uri('Success')) return [];", 'return [];'],
    ['status is checked before decryption', "=== uri('Success');", "!== 'x';"],
    [
      'second-level status, own properties only',
      'second !== undefined && Object.hasOwn(secondLevel, second) ?',
      'second !== undefined && secondLevel[second] ?',
    ],
  ],
  'sp/saml/checks/subject-confirmation.ts': [
    [
      'presence of a subject',
      "if (assertion === undefined || childNamed(assertion, ns.saml, 'Subject')) return [];",
      'return [];',
    ],
    [
      'presence of a confirmation',
      'if (confirmations.length === 0) {',
      'if (confirmations.length === 0) return []; if (false) {',
    ],
    ['a confirmation is valid', 'if (outcomes.some((findings) => findings.length === 0)) return [];', 'return [];'],
    ['bearer', 'if (method !== bearer) {', 'if (false) {'],
    ['confirmation data', 'if (data === undefined) {', 'if (data === undefined) return []; if (false) {'],
    [
      'presence of a recipient',
      'if (!recipient) return [finding',
      'if (!recipient) return []; if (false) return [finding',
    ],
    ['recipient is ours', 'if (sp.acsUrl === undefined || recipient === sp.acsUrl) return [];', 'return [];'],
    [
      'end of the confirmation is valid',
      'if (end === undefined) {',
      'if (end === undefined) return findings; if (false) {',
    ],
    ['confirmation expired', '} else if (earliest.getTime() >= end) {', '} else if (false) {'],
    ['confirmation expired: on or after', 'earliest.getTime() >= end', 'earliest.getTime() > end'],
    ['no NotBefore', 'if (from !== undefined) {', 'if (false) {'],
    ['confirmation belongs to the request', 'if (inResponseTo === requestId) return [];', 'return [];'],
    [
      'confirmation and response have the same InResponseTo',
      "request?.id ?? attribute(response, 'InResponseTo')",
      'request?.id ?? inResponseTo',
    ],
  ],
  'sp/acs.ts': [
    ['acs: an organization without a profile', 'if (profileRevision === undefined) {', 'if (false) {'],
    [
      'acs: the order of stages decides',
      '= inOrder([...story, ...judgement.findings]);',
      '= [...story, ...judgement.findings];',
    ],
    ['acs: the verdict is acceptance', "if (judgement.verdict !== 'accept') return", 'if (false) return'],
    [
      'acs: findings about request and test count',
      'if (first) return',
      "if (first && judgement.verdict !== 'accept') return",
    ],
    [
      'acs: length of the body',
      'raw({ type: () => true, limit: bodyLimit })',
      "raw({ type: () => true, limit: '1gb' })",
    ],
    ['acs: no HEAD', `if (request.method === 'HEAD') return void`, 'if (false) return void'],
    [
      'acs: also judged against another browser’s request',
      '{ profileRevision, request, relayState }',
      '{ profileRevision, request: request === requests.namedByResponse ? requests.matched : request, relayState }',
    ],
    ['acs: an unreadable response is rejected', 'if (!outcome.ok) return {', 'if (false) return {'],
    [
      'acs: a revision enforced meanwhile must also accept it',
      'underNewerSettings(newerRevision(store, matched), judgeBy) ?? {',
      '{',
    ],
  ],
  'sp/acs/requests.ts': [
    [
      'acs: the request is this browser’s',
      'const matched = namedByResponse?.browser === browser ? namedByResponse : undefined;',
      'const matched = namedByResponse;',
    ],
    [
      'acs: a request is also found by its RelayState',
      ' ?? findRequestByRelayState(store, organization.slug, relayState)',
      '',
    ],
    [
      'acs: every response is judged against the pending request',
      'const judgedAgainst = matched ?? waiting ?? namedByResponse;',
      'const judgedAgainst = matched ?? namedByResponse;',
    ],
    [
      'acs: unsolicited responses only if the profile allows them',
      'mayBeUnsolicited && inResponseTo === undefined ?',
      'inResponseTo === undefined ?',
    ],
    [
      'acs: a response with InResponseTo is not unsolicited',
      'mayBeUnsolicited && inResponseTo === undefined ?',
      'mayBeUnsolicited ?',
    ],
  ],
  'sp/acs/story-findings.ts': [
    [
      'acs: findings about the request',
      '[...requestFindings(requests, inResponseTo, time), ...',
      '[...(requestFindings(requests, inResponseTo, time), []), ...',
    ],
    ['acs: findings about the test', '...(test ? testFindings(test, time) : []),', ''],
    [
      'acs: findings about a change',
      '...(superseded === undefined ? [] : [supersededRequest(',
      '...(true ? [] : [supersededRequest(',
    ],
    [
      'acs: request-id-lost',
      'if (namedByResponse !== undefined) {',
      'if (namedByResponse !== undefined) return []; if (false) {',
    ],
    ['acs: request-unknown', 'return pendingInBrowser === undefined && inResponseTo ? [', 'return false ? ['],
    ['acs: request-answered', 'if (answeredAt !== undefined) findings.push(', 'if (false) findings.push('],
    ['acs: request-expired', 'if (time >= issuedAt + times.request) findings.push(', 'if (false) findings.push('],
    ['acs: test-superseded', 'if (test.supersededAt !== undefined) return [', 'if (false) return ['],
    ['acs: test-already-answered', "if (test.verdict === 'success') return [", 'if (false) return ['],
    ['acs: test-answer-late', 'return isResponseLate(test, time) ? [', 'return false ? ['],
  ],
  'sp/superseded-sign-in.ts': [
    ['acs: the user is still sent to this profile', 'if (current === profile) return undefined;', 'return undefined;'],
  ],
  'sp/acs/expectation.ts': [
    ['acs: the settings are those of the request', 'if (request) return revisionOf(', 'if (false) return revisionOf('],
    [
      'acs: an unsolicited response is judged against the enforced revision',
      'flatMap(({ id, enforcedRevision }) => enforcedRevision === undefined ? [] : ' +
        '[revisionOf(store, id, enforcedRevision)]',
      'flatMap(({ id, revision, enforcedRevision }) => enforcedRevision === undefined ? [] : ' +
        '[revisionOf(store, id, revision)]',
    ],
    [
      'acs: decryption only if turned on',
      'const key = settings.acceptEncryption ? storedKey(store, organization.slug) : undefined;',
      'const key = storedKey(store, organization.slug);',
    ],
    [
      'acs: replay',
      'wasUsed: (id) => wasAssertionUsed(store, organization, settings.idpEntityId, id),',
      'wasUsed: () => false,',
    ],
    [
      'acs: the owner of the account',
      'account: (address) => accountOf(store, organization, { address, profile, expected: request?.address })',
      `account: () => ({ kind: 'expected' })`,
    ],
    ['acs: the request’s ID and time', 'id, issuedAt: new Date(issuedAt), ', 'id, '],
    ['acs: the RelayState', 'new Date(issuedAt), relayState, ', 'new Date(issuedAt), '],
    ['acs: ForceAuthn', 'forceAuthn, ...(requested', '...(requested'],
    ['acs: the requested AuthnContext', 'requestedAuthnContext.length > 0 ?', 'false ?'],
    [
      'acs: foreign domain',
      'if (address !== undefined && !domainsOf(store, organization.slug).includes(domainOf(address))) return',
      'if (false) return',
    ],
    [
      'acs: the email that was entered',
      'if (expected !== undefined && !isSameAddress(written, expected)) return',
      'if (false) return',
    ],
    [
      'acs: the user exists',
      'if (user === undefined || user.organization !== organization.slug) return',
      "if (user === undefined) return { kind: 'expected' }; if (user.organization !== organization.slug) return",
    ],
    [
      'acs: the user is of this organization',
      'if (user === undefined || user.organization !== organization.slug) return',
      'if (user === undefined) return',
    ],
    ['acs: the user is active', 'if (user.deactivated) return', 'if (false) return'],
    [
      'acs: the user is covered by the profile',
      "if (coverageOf(store, user)?.profile === profile) return { kind: 'expected' }",
      "if (true) return { kind: 'expected' }",
    ],
  ],
  'sp/acs/outcome.ts': [
    [
      'acs: a request is used only once',
      'if (request && !useUp(store, organization, request.id)) throw',
      'if (false) throw',
    ],
    [
      'acs: a request used meanwhile',
      'if (request && !useUp(store, organization, request.id)) throw new',
      'if (request && !useUp(store, organization, request.id)) void new',
    ],
    ['acs: assertions are remembered', 'rememberAssertion(store, organization, settings.idpEntityId, identity);', ''],
    [
      'acs: the session ends at SessionNotOnOrAfter',
      'notOnOrAfter: sessionNotOnOrAfter?.getTime(),',
      'notOnOrAfter: undefined,',
    ],
    [
      'acs: only a pending test gets a verdict',
      'if (test && isOpenToRejection(test, now(organization))) recordVerdict(',
      'if (test) recordVerdict(',
    ],
  ],
  'sp/address.ts': [
    ['address: no mapping in the domain', 'isDomain && isUnmapped(foldCase(text), domain) ?', 'isDomain ?'],
  ],
  'sp/saml/uris.ts': [
    ['endpoints: no characters to escape', 'if (/[\\s\\p{Cc}<>"\\\\^`{|}#]/u.test(text) || ', 'if ('],
    ['endpoints: a plain host', 'isPlainHost(hostname) && ', ''],
    ['endpoints: no user', "username === '' && password === '' && ", ''],
    ['endpoints: no SAML parameters', '&& !messageParameters.some((name) => searchParams.has(name))', ''],
  ],
  'sp/send-to-idp.ts': [['content security policy: one source', '.replace(/[;,\\s]/g, encodeURIComponent)', '']],
  'sp/saml/dom.ts': [
    [
      'dom: names include their namespace',
      'node.namespaceURI === namespace && node.localName === name;',
      'node.localName === name;',
    ],
    ['dom: a comment does not split text', `node?.textContent ?? ''`, `node?.firstChild?.nodeValue ?? ''`],
  ],
  'sp/saml/judgement.ts': [
    ['three minutes of clock skew', 'allowedSkewMs = 180_000;', 'allowedSkewMs = 30 * 86_400_000;'],
  ],
  'sp/session.ts': [
    ['session: has an end', ' || now(organization) >= row.ends_at', ''],
    ['session: at most twelve hours', 'const lifetime = 12 * 3_600_000;', 'const lifetime = 1e13;'],
    ['session: the end set by the IdP', 'Math.min(time + lifetime, notOnOrAfter ?? Infinity)', 'time + lifetime'],
    [
      'session: the user is active',
      'if (user === undefined || user.deactivated) return',
      'if (user === undefined) return',
    ],
    ['session: the user exists', 'if (user === undefined || user.deactivated) return', 'if (user?.deactivated) return'],
    ['session: the previous one ends', `endSessionByHash(store, hash, 'signed-in-again');`, 'void hash;'],
  ],
  'sp/response-log.ts': [
    [
      'replays: remembered until no copy is accepted',
      'notOnOrAfter.getTime() + 2 * allowedSkewMs',
      'notOnOrAfter.getTime()',
    ],
    ['replays: forgotten only after expiry', ' AND until < ${now(organization)}', ''],
  ],
  'sp/connection-test.ts': [
    [
      'test: a newer test supersedes it',
      `superseded_because = 'newer' WHERE profile`,
      `superseded_because = 'newer' WHERE 0 AND profile`,
    ],
  ],
  'sp/authn-request.ts': [
    ['request: of this organization', 'organization = ${organization} AND id = ${id}', 'id = ${id}'],
    ['request: of this organization, by RelayState', 'organization = ${organization} AND relay_state', 'relay_state'],
    ['request: used only once', 'WHERE id = ${id} AND answered_at IS NULL`;', 'WHERE id = ${id}`;'],
  ],
};

export const removals: readonly Removal[] = Object.entries(edits).flatMap(([file, all]) =>
  all.map(([check, find, instead]) => ({ check, file, find, instead })),
);

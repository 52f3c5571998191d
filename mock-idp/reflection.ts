/** The few functions of metadata reflection that @peculiar/x509 insists on finding; it never replaces a polyfill that is there already. */
type Metadata = Map<unknown, unknown>;

const kept = new WeakMap<object, Metadata>();

function own(target: object): Metadata {
  const metadata = kept.get(target) ?? new Map<unknown, unknown>();
  kept.set(target, metadata);
  return metadata;
}

function inherited(key: unknown, target: object): unknown {
  for (let one: object | null = target; one !== null; one = Object.getPrototypeOf(one) as object | null) if (kept.get(one)?.has(key)) return kept.get(one)?.get(key);
  return undefined;
}

if (!('getMetadata' in Reflect)) {
  Object.assign(Reflect, {
    defineMetadata: (key: unknown, value: unknown, target: object) => void own(target).set(key, value),
    getOwnMetadata: (key: unknown, target: object) => kept.get(target)?.get(key),
    hasOwnMetadata: (key: unknown, target: object) => kept.get(target)?.has(key) ?? false,
    getMetadata: (key: unknown, target: object) => inherited(key, target),
    hasMetadata: (key: unknown, target: object) => inherited(key, target) !== undefined,
    metadata: (key: unknown, value: unknown) => (target: object) => void own(target).set(key, value),
  });
}

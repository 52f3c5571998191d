/**
 * What the k6 operator's CustomResourceDefinition says about the fields of a TestRun, as far as our manifest may use
 * them: names, types and what is required. Written from config/crd/bases/k6.io_testruns.yaml of grafana/k6-operator,
 * commit 0044cb2eeae7db07348bb282360e687b065d406d, version v1alpha1. The file itself is under the AGPL and not here.
 * The API server rejects a wrong type, and drops a field that is not listed: here each is an error.
 */
type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const int32: Schema = { type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
const quantity: Schema = {
  anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^[+-]?[0-9.]+([KMGTPE]i?|[numk])?$' }],
};

const fields = (properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});
const list = (items: Schema): Schema => ({ type: 'array', items });

const keyOf = fields({ key: text, name: text, optional: flag }, ['key']);
const env = fields(
  {
    name: text,
    value: text,
    valueFrom: fields({
      configMapKeyRef: keyOf,
      secretKeyRef: keyOf,
      fieldRef: fields({ apiVersion: text, fieldPath: text }, ['fieldPath']),
    }),
  },
  ['name'],
);

const mount = fields(
  { name: text, mountPath: text, mountPropagation: text, readOnly: flag, recursiveReadOnly: text, subPath: text },
  ['mountPath', 'name'],
);

const volume = fields(
  {
    name: text,
    emptyDir: fields({ medium: text, sizeLimit: quantity }),
    persistentVolumeClaim: fields({ claimName: text, readOnly: flag }, ['claimName']),
    hostPath: fields({ path: text, type: text }, ['path']),
    nfs: fields({ path: text, server: text, readOnly: flag }, ['path', 'server']),
  },
  ['name'],
);

const runner = fields({
  disabled: flag,
  env: list(env),
  image: text,
  imagePullPolicy: text,
  volumeMounts: list(mount),
  volumes: list(volume),
});

export const testRunSchema: Schema = fields(
  {
    apiVersion: { const: 'k6.io/v1alpha1' },
    kind: { const: 'TestRun' },
    metadata: fields({ name: text, namespace: text }, ['name']),
    spec: fields(
      {
        arguments: text,
        cleanup: { enum: ['post'] },
        parallelism: int32,
        paused: text,
        quiet: text,
        runner,
        script: fields({
          configMap: fields({ file: text, name: text }, ['name']),
          localFile: text,
          volumeClaim: fields({ file: text, name: text, readOnly: flag }, ['name']),
        }),
        separate: flag,
        testRunId: text,
        token: text,
      },
      ['parallelism', 'script'],
    ),
  },
  ['apiVersion', 'kind', 'metadata', 'spec'],
);

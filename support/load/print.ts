/** Writes what a k6 elsewhere needs: the script, its plan, the people for an IdP, and a manifest for its operator. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkFolder } from './files.ts';
import { type Plan, writePlan } from './played/plan.ts';
import { k6Script } from './script.ts';

export interface PrintOptions {
  plan: Plan;
  /** The tenant at the IdP, as in its configuration file. */
  settings: object;
}

export const printedFiles = {
  script: 'sign-ins.js',
  plan: 'plan.json',
  idp: 'idp.json',
  manifest: 'test-run.yaml',
} as const;

/** Returns the files that were written; `idp-faulty-1.json` and so on have one fault each. */
export async function printScript(folder: string, { plan, settings }: PrintOptions): Promise<string[]> {
  const configs = plan.faults.phrases.map(
    (phrase, at) => [`idp-faulty-${at + 1}.json`, idpConfig(plan, settings, [phrase])] as const,
  );
  const files: readonly (readonly [string, string])[] = [
    [printedFiles.script, await k6Script()],
    [printedFiles.plan, writePlan(plan)],
    [printedFiles.idp, idpConfig(plan, settings, [])],
    ...configs,
    [printedFiles.manifest, testRun(plan)],
  ];
  const names = files.map(([name]) => name);
  checkFolder(folder, names, { what: 'the script', option: '--print-script' });
  for (const [name, text] of files) await writeFile(join(folder, name), text);
  return names;
}

function idpConfig({ idp }: Plan, settings: object, faults: readonly string[]): string {
  const tenant = { ...settings, ...(faults.length > 0 ? { faults } : {}) };
  return `${JSON.stringify({ tenants: { [idp.tenant]: tenant } }, null, 2)}\n`;
}

const runners = 2;

/** A TestRun of the k6 operator, API version k6.io/v1alpha1. JSON strings are YAML, too. */
export function testRun({ idp, product, faults }: Plan): string {
  const env = {
    IDP_URL: idp.origin,
    PRODUCT_URL: product.url,
    FAULTY_IDPS: JSON.stringify(
      Object.fromEntries(faults.phrases.map((phrase, at) => [phrase, `http://idp-faulty-${at + 1}:8490`])),
    ),
    HOST_ADDRESSES: '{}',
    KEEP_MESSAGES: '1',
  };
  return `# kubectl create configmap sign-ins --from-file=${printedFiles.script} --from-file=${printedFiles.plan}
# kubectl apply -f ${printedFiles.manifest}
apiVersion: k6.io/v1alpha1
kind: TestRun
metadata:
  name: sign-ins
spec:
  parallelism: ${runners}
  script:
    configMap:
      name: sign-ins
      file: ${printedFiles.script}
  arguments: --out json=/results/$(POD).json.gz --no-usage-report
  runner:
    env:
      - name: POD
        valueFrom: { fieldRef: { fieldPath: metadata.name } }
${Object.entries(env)
  .map(([name, value]) => `      - name: ${name}\n        value: ${JSON.stringify(value)}\n`)
  .join('')}      # For phases of a failing IdP: the control token of the IdP, from a secret of yours.
      # - name: IDP_TOKEN
      #   valueFrom: { secretKeyRef: { name: idp, key: token } }
    volumeMounts:
      - name: results
        mountPath: /results
    volumes:
      # It ends with its pod. Replace it by storage that outlives it; each runner writes a file of its own.
      - name: results
        emptyDir: {}
`;
}

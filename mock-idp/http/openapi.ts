/** The control routes as an OpenAPI 3.1 document. It contains nothing of the tenants. */
import { z } from 'zod';
import * as inputs from '../tenants/control-schemas.ts';
import * as replies from './control-replies.ts';
import type { ControlRoute } from './control-route.ts';

const parameters: Readonly<Record<string, string>> = {
  tenant: 'Name of the tenant, as in its URLs.',
  username: 'Username; ASCII case does not matter.',
  number: 'Number of the app, as the routes of apps return it.',
};

export function openApi(table: readonly ControlRoute[]): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Control routes of the mock IdP of sso-rehearsal',
      version: '1',
      description: 'They set up tenants with users, apps and faults, and report what happened.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/control' }],
    security: [{ controlToken: [] }],
    paths: pathsOf(table),
    components: {
      securitySchemes: { controlToken: { type: 'http', scheme: 'bearer', description: 'The control token.' } },
      schemas: { ...schemasOf(named.inputs, 'input'), ...schemasOf(named.replies, 'output') },
    },
  };
}

function pathsOf(table: readonly ControlRoute[]): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const row of table) {
    paths[row.path] ??= {};
    paths[row.path]![row.method] = operationOf(row);
  }
  return paths;
}

const operationOf = ({ name, summary, path, body, example, query, isOpen, ...row }: ControlRoute): object => ({
  operationId: name,
  summary,
  ...(isOpen ? { security: [] } : {}),
  parameters: [...pathParameters(path), ...(query === undefined ? [] : queryParameters(query))],
  ...(body === undefined
    ? {}
    : {
        requestBody: {
          required: true,
          content: { 'application/json': { schema: reference(body), ...(example === undefined ? {} : { example }) } },
        },
      }),
  responses: {
    ...Object.fromEntries(statusesOf(row).map((status) => [status, replyOf(row.reply)])),
    default: { description: 'Rejected', content: { 'application/json': { schema: reference(rejection) } } },
  },
});

/** The statuses of calls that succeed. */
export const statusesOf = ({ reply, creates }: Pick<ControlRoute, 'reply' | 'creates'>): number[] => {
  if (reply === undefined) return [204];
  if (creates === undefined) return [200];
  return creates === 'always' ? [201] : [200, 201];
};

const replyOf = (reply: z.ZodType | undefined): object =>
  reply === undefined
    ? { description: 'Done' }
    : { description: 'The result', content: { 'application/json': { schema: reference(reply) } } };

export const pathParameters = (path: string): object[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    description: parameters[name!],
    schema: { type: 'string' },
  }));

const queryParameters = (query: z.ZodObject): object[] =>
  Object.entries(query.shape as Record<string, z.ZodType>).map(([name, schema]) => ({
    name,
    in: 'query',
    required: !schema.safeParse(undefined).success,
    ...(schema.description === undefined ? {} : { description: schema.description }),
    schema: cleaned(z.toJSONSchema(schema, { io: 'input' })),
  }));

/** Each schema under its name in the document: `tenantSchema` is `TenantInput`, `tenantReply` is `TenantReply`. */
const named = {
  inputs: registryOf(inputs, /^(\w+)Schema$/, 'Input'),
  replies: registryOf(replies, /^(\w+)(?:Reply)$/, 'Reply'),
};
const rejection = replies.rejectionReply;

type Registry = z.core.$ZodRegistry<{ id: string }>;

function registryOf(schemas: object, pattern: RegExp, suffix: string): Registry {
  const registry = z.registry<{ id: string }>();
  for (const [name, schema] of Object.entries(schemas)) {
    const plain = pattern.exec(name)?.[1];
    if (plain !== undefined)
      registry.add(schema as z.ZodType, { id: plain[0]!.toUpperCase() + plain.slice(1) + suffix });
  }
  return registry;
}

const placeOf = (id: string): string => `#/components/schemas/${id}`;

function reference(schema: z.ZodType): object {
  const { id } = named.inputs.get(schema) ?? named.replies.get(schema) ?? {};
  if (id === undefined) throw new Error('a schema of a control route is not exported from its file');
  return { $ref: placeOf(id) };
}

function schemasOf(registry: Registry, io: 'input' | 'output'): Record<string, unknown> {
  const { schemas } = z.toJSONSchema(registry, { io, uri: placeOf });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, cleaned(schema, io)]));
}

/**
 * Without what the document itself says; replies may get more fields, so that a client must not reject them.
 * The pattern of a date is what its format says.
 */
function cleaned(schema: unknown, io: 'input' | 'output' = 'input'): unknown {
  if (Array.isArray(schema)) return schema.map((one) => cleaned(one, io));
  if (typeof schema !== 'object' || schema === null) return schema;
  const dropped = ['$schema', '$id', ...('format' in schema ? ['pattern'] : [])];
  return Object.fromEntries(
    Object.entries(schema)
      .filter(
        ([key, value]) => !dropped.includes(key) && !(io === 'output' && key === 'additionalProperties' && !value),
      )
      .map(([key, value]) => [key, cleaned(value, io)]),
  );
}

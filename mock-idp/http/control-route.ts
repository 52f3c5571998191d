/** A control route is one row, of which router, OpenAPI document and the table in docs/any-language.md are made. */
import type { z } from 'zod';
import type { KeyPair } from '../tenants/keys.ts';
import { readInput } from '../tenants/read-input.ts';
import type { State, Tenant } from '../tenants/state.ts';
import type { Tenants } from '../tenants/tenant.ts';
import type { RouteEntry } from './routes.ts';

/** Shared by all calls. */
export interface ControlSite {
  state: State;
  tenants: Tenants;
  /** Base URL of the identity provider, without a trailing slash. */
  url: string;
  takeUntrustedKeys: () => Promise<KeyPair>;
  /** All routes of the app. */
  routes: () => readonly RouteEntry[];
}

export interface Call<Body = unknown, Query = unknown> extends ControlSite {
  /** From the path; empty if the path has none. */
  params: { tenant: string; username: string; number: string };
  body: Body;
  query: Query;
}

/** A call for an existing tenant. */
export interface TenantCall<Body = unknown, Query = unknown> extends Call<Body, Query> {
  tenant: Tenant;
}

export type Method = 'get' | 'put' | 'post' | 'patch' | 'delete';

export interface ControlRoute {
  method: Method;
  /** Below /control, as OpenAPI writes it: `/tenants/{tenant}`. */
  path: string;
  /** Its operationId: the name of the function in clients made from the document. */
  name: string;
  /** Its effect, in one line. */
  summary: string;
  body?: z.ZodType;
  /** A body, shown in the documents. */
  example?: unknown;
  query?: z.ZodObject;
  /** Without one, the status is 204. */
  reply?: z.ZodType;
  /** If it creates something, the status is 201: always, or only if it was not there before. */
  creates?: 'always' | 'sometimes';
  /** Needs no control token. */
  isOpen?: true;
  /** Returns the JSON to send. `Created` sends status 201. */
  handle(call: Call): unknown;
}

/** The reply of a call that has created something. */
export class Created<Json = unknown> {
  readonly json: Json;
  constructor(json: Json) {
    this.json = json;
  }
}

/** The values that become this one in JSON. */
type Sent<Value> = Value extends readonly (infer One)[]
  ? readonly Sent<One>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Sent<Value[Key]> }
    : Value;

type Result<Reply> = Reply extends z.ZodType ? Sent<z.output<Reply>> | Created<Sent<z.output<Reply>>> : unknown;
type Input<Schema> = Schema extends z.ZodType ? z.output<Schema> : unknown;

type Row<Body, Query, Reply> = Omit<ControlRoute, 'body' | 'query' | 'reply' | 'handle'> & {
  body?: Body & z.ZodType;
  query?: Query & z.ZodObject;
  reply?: Reply & z.ZodType;
};

type Handled<Given, Reply> = { handle(call: Given): Result<Reply> | Promise<Result<Reply>> };

export const route = <Body = undefined, Query = undefined, Reply = undefined>(
  row: Row<Body, Query, Reply> & Handled<Call<Input<Body>, Input<Query>>, Reply>,
): ControlRoute => ({ ...erased(row), handle: (call) => erased(row).handle(withInput(row, call)) });

/** A route of an existing tenant: status 404 without it. */
export const ofTenant = <Body = undefined, Query = undefined, Reply = undefined>(
  row: Row<Body, Query, Reply> & Handled<TenantCall<Input<Body>, Input<Query>>, Reply>,
): ControlRoute => ({
  ...erased(row),
  handle(call) {
    const tenantCall: TenantCall = { ...call, tenant: call.tenants.find(call.params.tenant) };
    return erased(row).handle(withInput(row, tenantCall));
  },
});

const erased = (row: object): ControlRoute => row as ControlRoute;

/** Throws Refused if the body or the query does not match its schema. */
const withInput = <Given extends Call>(
  { body, query }: Pick<Row<unknown, unknown, unknown>, 'body' | 'query'>,
  call: Given,
) => ({
  ...call,
  body: body === undefined ? call.body : readInput(body, call.body),
  query: query === undefined ? {} : readInput(query, call.query),
});

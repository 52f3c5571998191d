/**
 * Denies one user access to one app in Keycloak: by a sign-in flow for that client which denies access to users with
 * a certain role. Nothing changes for other users.
 */
import type { Call, Client } from './keycloak-api.ts';

interface Execution {
  id: string;
  displayName?: string;
  providerId?: string;
  requirement: string;
  [more: string]: unknown;
}

const flow = 'with denial';
const role = 'kept out';

export async function denyAccess(
  call: Call,
  { clientId, username }: { clientId: string; username: string },
): Promise<void> {
  await call('POST', '/roles', { name: role });
  const [user] = await call<{ id: string }[]>('GET', `/users?exact=true&username=${encodeURIComponent(username)}`);
  const [client] = await call<Client[]>('GET', `/clients?clientId=${encodeURIComponent(clientId)}`);
  if (user === undefined || client === undefined)
    throw new Error(`Keycloak has no ${user === undefined ? `user ${username}` : `client ${clientId}`}`);
  await call('POST', `/users/${user.id}/role-mappings/realm`, [
    await call('GET', `/roles/${encodeURIComponent(role)}`),
  ]);
  await addFlow(call);
  const made = (await call<{ id: string; alias: string }[]>('GET', '/authentication/flows')).find(
    ({ alias }) => alias === flow,
  )!;
  await call('PUT', `/clients/${client.id}`, { ...client, authenticationFlowBindingOverrides: { browser: made.id } });
}

/** The default flow, with a last step after the password: users with the role are denied access. */
async function addFlow(call: Call): Promise<void> {
  const at = (path: string): string => `/authentication/flows/${path.split('/').map(encodeURIComponent).join('/')}`;
  await call('POST', at('browser/copy'), { newName: flow });
  await call('POST', at(`${flow} forms/executions/flow`), {
    alias: 'denial',
    type: 'basic-flow',
    provider: 'registration-page-form',
    description: '',
  });
  for (const provider of ['conditional-user-role', 'deny-access-authenticator'])
    await call('POST', at('denial/executions/execution'), { provider });
  const executions = await call<Execution[]>('GET', at(`${flow}/executions`));
  const find = (which: (one: Execution) => boolean): Execution => executions.findLast(which)!;
  const condition = find(({ providerId }) => providerId === 'conditional-user-role');
  await call('PUT', at(`${flow}/executions`), {
    ...find(({ displayName }) => displayName === 'denial'),
    requirement: 'CONDITIONAL',
  });
  await call('PUT', at(`${flow}/executions`), { ...condition, requirement: 'REQUIRED' });
  await call('PUT', at(`${flow}/executions`), {
    ...find(({ providerId }) => providerId === 'deny-access-authenticator'),
    requirement: 'REQUIRED',
  });
  await call('POST', `/authentication/executions/${condition.id}/config`, {
    alias: role,
    config: { condUserRole: role, negate: 'false' },
  });
}

/** Keeps everything running after a scenario when HOLD=1, and prints the addresses and credentials. */
import { once } from 'node:events';
import { After } from '@cucumber/cucumber';
import { peopleTable } from '../stack/people-table.ts';
import { recorded, type Snapshot } from './tasks/records.ts';
import type { RehearsalWorld } from './world.ts';

// Registered after the other hooks, so that it runs before browsers are closed.
After({ timeout: -1 }, async function (this: RehearsalWorld, { result }) {
  if (process.env.HOLD !== '1') return;
  console.log(statement(this, { passed: result?.status === 'PASSED', records: await recorded(this) }));
  await once(process, 'SIGINT');
});

function statement(
  { stack, organization, tenant, cast }: RehearsalWorld,
  { passed, records }: { passed: boolean; records: Snapshot | undefined },
): string {
  const profile = records?.profiles[0];
  const center = `${stack.sp.url}/admin`;
  const people = peopleTable([cast.Ada, cast.Grace, cast.Sam]);
  return `

The scenario has ${passed ? 'passed' : 'failed'}. Everything is still running.

  Service provider     ${stack.sp.url}/login
  Admin Center         ${center}${profile ? `   (result: ${center}/sso/${profile.id}/result)` : ''}
  Identity provider    ${stack.idp.url}/${tenant.slug}
  Organization         ${organization.name} (${organization.domain})

${people}

  Look at              ${whatToLookAt(records)}

Press Ctrl+C to stop.`;
}

function whatToLookAt(records: Snapshot | undefined): string {
  const test = records?.profiles[0]?.tests[0];
  const response = records?.responses[0];
  const newest =
    test === undefined
      ? 'the Admin Center: no test was sent'
      : `the newest test: ${test.verdict ?? test.state}${test.mark ? `, marked as a ${test.mark}` : ''}`;
  return `${newest}${response ? `; the last response: ${response.verdict}` : ''}`;
}

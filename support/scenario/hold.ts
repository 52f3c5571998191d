/** With HOLD=1 everything stays up at the end of a scenario, and whoever watches reads every address, credential and what to look at. Without it, nothing happens. */
import { once } from 'node:events';
import { After } from '@cucumber/cucumber';
import { recorded } from './tasks/records.ts';
import type { RehearsalWorld } from './world.ts';

// Registered after the other hooks, so that it runs before browsers are closed.
After({ timeout: -1 }, async function (this: RehearsalWorld, { result }) {
  if (process.env.HOLD !== '1') return;
  const { stack, organization, tenant, cast } = this;
  const records = await recorded(this);
  const test = records?.profiles[0]?.tests[0];
  console.log(`

The scenario has ${result?.status === 'PASSED' ? 'ended' : 'failed'}, and everything is still up.

  Service provider     ${stack.sp.url}/login
  Admin Center         ${stack.sp.url}/admin${records?.profiles[0] ? `   (result: ${stack.sp.url}/admin/sso/${records.profiles[0].id}/result)` : ''}
  Identity provider    ${stack.idp.url}/${tenant.slug}
  Organization         ${organization.name} (${organization.domain})

${(['Ada', 'Grace', 'Sam'] as const).map((name) => `  ${name.padEnd(6)} ${cast[name].address}   at the service provider: “${cast[name].password}”   at the identity provider: “${cast[name].idpPassword}”`).join('\n')}

  Look at              ${test ? `the newest test: ${test.verdict ?? test.state}${test.mark ? `, marked as a ${test.mark}` : ''}` : 'the Admin Center: no test was asked for'}${records?.responses[0] ? `; the last answer: ${records.responses[0].verdict}` : ''}

Ctrl+C ends it.`);
  await once(process, 'SIGINT');
});

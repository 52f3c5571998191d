/** Entry point `sso-rehearsal/tasks`: the tasks and questions beneath the steps, by the chapters of the steps. */
export { arrange } from '../../mock-idp/faults.ts';
export { Unable } from '../idp/identity-provider.ts';
export { NotDone } from '../product/deed.ts';
export type { Scene } from './scene.ts';
export { Missing } from './step-failure.ts';
export * as adminCenter from './tasks/admin-center.ts';
export * as attacks from './tasks/attacks.ts';
export * as connection from './tasks/connect.ts';
export * as connectionTest from './tasks/connection-test.ts';
export * as deadEnds from './tasks/dead-ends.ts';
export * as mailDelivery from './tasks/disturb-mail.ts';
export * as idpAttributes from './tasks/idp-attributes.ts';
export * as questions from './tasks/questions.ts';
export * as rejectedResponse from './tasks/rejected-response.ts';
export * as setUp from './tasks/set-up.ts';
export * as signIn from './tasks/sign-in.ts';
export * as singleSignOn from './tasks/single-sign-on.ts';
export * as testEmails from './tasks/test-emails.ts';

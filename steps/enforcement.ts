/** Enforcing, lifting and changing the connection. */

import assert from 'node:assert/strict';
import { Given, Then, When, world } from '@cucumber/cucumber';
import * as admin from '../support/scenario/tasks/admin-center.ts';
import * as seen from '../support/scenario/tasks/questions.ts';
import type { RehearsalWorld } from '../support/scenario/world.ts';

const scene = world as RehearsalWorld;

Given('Ada has enforced single sign-on', () => admin.enforce(scene));
When('Ada enforces single sign-on', () => admin.enforce(scene));
When('Ada lifts single sign-on', () => admin.lift(scene));
Given('Ada has changed the connection', () => admin.changeConnection(scene));
When('Ada points the connection to a wrong address', () =>
  admin.changeConnection(scene, { ssoUrl: 'http://idp.localhost:9/nowhere' }),
);

Then('single sign-on is not enforced', async () => assert.equal(await seen.enforcedRevision(scene), undefined));

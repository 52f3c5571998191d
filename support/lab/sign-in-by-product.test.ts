/**
 * Sam passes an SSO test while the identity provider of the lab behaves like each product. Apart from the staged cases,
 * because an organization sends a tester sixty emails an hour.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PersonaCode, personaCodes } from '../../mock-idp/personas/codes.ts';
import { sample } from '../stack/sample.fixture.ts';
import { createVisitor } from '../stack/visitor.ts';
import { labForTests } from './lab.fixture.ts';
import { latestResponse, post, rehearse, resetLab } from './rehearse.fixture.ts';

const lab = await labForTests();

/** Rejections that no setting of the product prevents. */
const rejectedAlways: Partial<Record<PersonaCode, string>> = { zitadel: 'subject-confirmation-error' };

for (const code of sample(personaCodes, 5))
  test(`Sam signs in while the identity provider behaves like ${code}`, async () => {
    await post(lab, '/product', [['product', code]]);
    const ended = await rehearse(lab);
    const verdict = (await latestResponse(lab))?.verdict;
    assert.equal(verdict, rejectedAlways[code] ?? 'success');
    assert.equal(ended?.url.pathname === '/console', verdict === 'success');
    const isExplained = /rejects its responses all the same/.test((await createVisitor().visit(lab.url)).text);
    assert.equal(isExplained, verdict !== 'success');
    await resetLab(lab);
  });

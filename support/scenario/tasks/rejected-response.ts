/** The SP's records of a rejected response. A question changes nothing. */
import { type RejectionCode, rejections } from '../../../sp/rejection-advice.ts';
import { type CaseCode, cases } from '../../../sp/troubleshooting.ts';
import { NotAsExpected } from '../expectations.ts';
import type { Scene } from '../scene.ts';
import { Missing } from '../step-failure.ts';
import { noResponse, userAfterResponse } from './outside.ts';
import { verdict } from './questions.ts';
import { type Snapshot, snapshot } from './records.ts';

type Session = Snapshot['sessions'][number];

const emailsOf = (sessions: readonly Session[]): string[] => sessions.map(({ address }) => address);

/** The newest response's verdict, and the users whose sessions rest on it. */
export async function newestResponse(scene: Scene): Promise<{ verdict: string | undefined; sessions: string[] }> {
  const {
    responses: [newest],
    sessions,
  } = await snapshot(scene);
  return {
    verdict: newest?.verdict,
    sessions: emailsOf(sessions.filter(({ response }) => newest !== undefined && response === newest.id)),
  };
}

/** The verdict on the newest response, and the users who are signed in by it. */
export async function outcomeOfResponse(
  scene: Scene,
): Promise<{ verdict: 'rejected' | 'accepted'; sessions: string[] }> {
  if (scene.product) {
    const user = await userAfterResponse(scene, scene.product.product);
    return user === undefined ? { verdict: 'rejected', sessions: [] } : { verdict: 'accepted', sessions: [user] };
  }
  const { verdict: newest, sessions } = await newestResponse(scene);
  if (newest === undefined) throw new Missing(noResponse);
  return { verdict: newest === 'success' ? 'accepted' : 'rejected', sessions };
}

/** The newest test's verdict next to the newest response's, and all users who are signed in through the IdP. */
export async function failedTest(
  scene: Scene,
): Promise<{ isRejected: boolean; test: string | undefined; response: string | undefined; sessions: string[] }> {
  const { responses, sessions } = await snapshot(scene);
  const test = await verdict(scene);
  return {
    isRejected: test !== undefined && Object.hasOwn(rejections, test),
    test,
    response: responses[0]?.verdict,
    sessions: emailsOf(sessions.filter(({ method }) => method === 'sso')),
  };
}

/** Code of the troubleshooting entry for the rejection that decided the newest test. */
export async function entryForRejection(scene: Scene): Promise<CaseCode> {
  const { isRejected, test, response } = await failedTest(scene);
  if (!isRejected || test !== response)
    throw new NotAsExpected(
      `Expected a test that failed with the newest response, received the test ${test ?? 'none'} ` +
        `and the response ${response ?? 'none'}.`,
    );
  return rejections[test as RejectionCode].case as CaseCode;
}

export const entryTitle = async (scene: Scene): Promise<string> => cases[await entryForRejection(scene)].title;

/** What a run's messages say about its scenarios, answered by Cucumber's own query library. */
import { type Envelope, type TestCaseFinished, TestStepResultStatus } from '@cucumber/messages';
import type { Query } from '@cucumber/query';

const logType = 'text/x.cucumber.log+plain';

export type Outcome = 'passed' | 'failed' | 'skipped';

/** Adds a message to the query. Of the attachments it keeps only logs: pictures and pages would fill the memory. */
export function remember(query: Query, message: Envelope): void {
  if (message.attachment === undefined || message.attachment.mediaType === logType) query.update(message);
}

/** A scenario ends as its worst step did. An undefined step is worse than the steps that are skipped after it. */
export function outcomeOf(query: Query, finished: TestCaseFinished): Outcome {
  const { status } = query.findMostSevereTestStepResultBy(finished) ?? { status: TestStepResultStatus.PASSED };
  if (status === TestStepResultStatus.PASSED) return 'passed';
  return status === TestStepResultStatus.SKIPPED ? 'skipped' : 'failed';
}

/** What was logged in a scenario, in order. */
export function logsOf(query: Query, finished: TestCaseFinished): string[] {
  return query
    .findTestStepsFinishedBy(finished)
    .flatMap((step) => query.findAttachmentsBy(step))
    .map(({ body }) => body);
}

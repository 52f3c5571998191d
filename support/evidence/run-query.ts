/** Questions about the scenarios of a run, answered from its messages by Cucumber's query library. */
import { type Envelope, type TestCaseFinished, TestStepResultStatus } from '@cucumber/messages';
import type { Query } from '@cucumber/query';

const logType = 'text/x.cucumber.log+plain';

export type Outcome = 'passed' | 'failed' | 'skipped';

/** Adds a message to the query. Of the attachments it keeps only logs, as screenshots and pages need much memory. */
export function remember(query: Query, message: Envelope): void {
  if (message.attachment === undefined || message.attachment.mediaType === logType) query.update(message);
}

/** The outcome of the worst step. An undefined step is worse than the skipped steps after it. */
export function outcomeOf(query: Query, finished: TestCaseFinished): Outcome {
  const { status } = query.findMostSevereTestStepResultBy(finished) ?? { status: TestStepResultStatus.PASSED };
  if (status === TestStepResultStatus.PASSED) return 'passed';
  return status === TestStepResultStatus.SKIPPED ? 'skipped' : 'failed';
}

/** The logs of a scenario, in order. */
export function logsOf(query: Query, finished: TestCaseFinished): string[] {
  return query
    .findTestStepsFinishedBy(finished)
    .flatMap((step) => query.findAttachmentsBy(step))
    .map(({ body }) => body);
}

/** Explains why a response was accepted in spite of its faults; with evidence, the story says so too. */
import { belowMargin } from '../catalogue/fault-margin.ts';
import { idpOf } from '../idp/mock.ts';
import type { Scene } from '../scenario/scene.ts';
import { verdict } from '../scenario/tasks/questions.ts';

/** One sentence for each fault below its margin; none if the latest response was rejected or there was none. */
export async function explainAccepted(scene: Scene): Promise<string[]> {
  if (!idpOf(scene).can.faults) return [];
  if ((await verdict(scene)) !== 'success') return [];
  const { faults } = await scene.stack.idp.control.get<{ faults: { phrase: string; struck: number }[] }>(
    `/tenants/${scene.tenant.slug}`,
  );
  return faults.flatMap(({ phrase, struck }) => (struck > 0 && belowMargin(phrase)) || []);
}

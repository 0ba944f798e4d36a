import { readFileSync } from 'node:fs';
import { goldenPath } from './goldenFolder.js';

/** One case of the golden losses. */
export interface LossCase {
  id: string;
  kind: 'bt' | 'btt' | 'bce' | 'combined' | 'bt_wt';
  params: Record<string, number>;
  rewards_chosen: number[];
  rewards_rejected: number[];
  quality_chosen?: number[];
  quality_rejected?: number[];
  loss_per_pair?: number[];
  logged?: Record<string, number>;
  loss: number;
  grad_chosen: number[];
  grad_rejected: number[];
}

/** The golden cases of some kind. */
export const lossCases = (kind: LossCase['kind']): LossCase[] =>
  (JSON.parse(readFileSync(goldenPath('losses.json'), 'utf8')).cases as LossCase[]).filter(
    (it) => it.kind === kind,
  );

import type { ColumnTable } from 'arquero';
import type { Clip } from '../clip.js';
import { fieldsOf } from '../tables/fields.js';
import { labelsIn } from './labels.js';

/** A clip and its label on one dimension. */
export interface LabelledClip {
  /** The clip. */
  clip: Clip;
  /** Its label: true is Pass. */
  pass: boolean;
  /** From 0 to 1: how sure the label is. */
  confidence: number;
}

/**
 * The clips that are labelled on a dimension, in the table's order. Where no path is known the id is taken for it.
 * @param labels a table with the columns `clip`, `dimension`, `pass`, `confidence` and those of a clip.
 * @throws Error when a column is missing, a value malformed, or there is no label of the dimension.
 */
export function clipsOf(labels: ColumnTable, dimension: string): LabelledClip[] {
  const known = labelsIn(labels)?.filter((label) => label.dimension === dimension);
  if (known && known.length > 0) {
    return known.map(({ clip: id, fields, pass, confidence }) => ({
      clip: { id, path: id, ...fields },
      pass,
      confidence,
    }));
  }
  const fields = fieldsOf('clipsOf', labels);
  if (fields.count === 0) throw fields.failure('has no rows');
  fields.require(['clip', 'dimension', 'pass', 'confidence']);
  const dimensions = Array.from({ length: fields.count }, (_, row) => fields.name(row, 'dimension'));
  const found = dimensions.flatMap((name, row) => {
    if (name !== dimension) return [];
    const id = fields.name(row, 'clip');
    return [
      {
        clip: { id, path: id, ...fields.clip(row) },
        pass: fields.pass(row, 'pass'),
        confidence: fields.number(row, 'confidence'),
      },
    ];
  });
  if (found.length === 0) {
    const present = [...new Set(dimensions)].join(', ');
    throw new Error(`clipsOf: no label is of the dimension "${dimension}"; the table has ${present}`);
  }
  return found;
}

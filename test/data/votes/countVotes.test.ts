import { expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { countVotes } from '../../../src/data/votes/countVotes.js';
import { type VoteRow, votesTable } from '../../../src/data/votes/votes.js';

it('countVotes counts what a plain count by dimension and clip does, in its order', () => {
  const random = new Random(1);
  const rows: VoteRow[] = [];
  for (let clip = 0; clip < 60; clip++)
    for (const annotator of ['a', 'b', 'c', 'd'])
      for (const dimension of ['physics', 'text', 'motion'])
        if (random.chance(0.4))
          rows.push({
            ...{ clip: `clip-${(clip * 7) % 60}`, annotator, dimension, pass: random.chance(0.5) },
            path: `${(clip * 7) % 60}.mp4`,
          });
  rows.push({ ...rows[0] }); // the same vote again counts once
  const expected = new Map<string, Map<string, { votes: number; passing: number }>>();
  for (const { clip, dimension, pass } of rows.slice(0, -1)) {
    const ofDimension = expected.get(dimension) ?? new Map();
    expected.set(dimension, ofDimension);
    const { votes, passing } = ofDimension.get(clip) ?? { votes: 0, passing: 0 };
    ofDimension.set(clip, { votes: votes + 1, passing: passing + Number(pass) });
  }
  expect(countVotes('test', votesTable(rows))).toEqual(
    [...expected].flatMap(([dimension, ofDimension]) =>
      [...ofDimension].map(([clip, counts]) => ({
        ...{ clip, dimension, fields: { path: `${clip.slice(5)}.mp4` } },
        ...counts,
      })),
    ),
  );
});

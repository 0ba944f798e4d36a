import { expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { kinds, PartReader, partHead } from '../../../src/data/video/toolParts.js';

it('PartReader gives the parts of a stream whole, wherever its chunks end', () => {
  const random = new Random(1);
  const lengths = [0, 1, 11, 12, 13, 0, 0, 5000, 70_000, 0];
  const sent = lengths.map((length, tool) => ({
    tool,
    kind: kinds.output + (tool % 3),
    text: Buffer.alloc(length, `tool ${tool} `).toString(),
  }));
  const stream = Buffer.concat(
    sent.flatMap(({ tool, kind, text }) => [partHead(tool, kind, text.length), Buffer.from(text)]),
  );
  for (const longest of [1, 2, 12, 100, 100_000]) {
    const received: typeof sent = [];
    let text = '';
    const reader = new PartReader((tool, kind, bytes, last) => {
      text += bytes.toString();
      if (!last) return;
      received.push({ tool, kind, text });
      text = '';
    });
    for (let at = 0; at < stream.length; ) {
      const length = 1 + Math.floor(random.uniform(0, longest));
      reader.push(stream.subarray(at, at + length));
      at += length;
    }
    expect(received).toEqual(sent);
  }
});

it('PartReader gives JSON in one piece', () => {
  const json = JSON.stringify({ program: 'ffmpeg', args: ['-i', 'é.mp4'] });
  const bytes = Buffer.from(json);
  const received: [number, number, string][] = [];
  const reader = new PartReader((tool, kind, piece) => received.push([tool, kind, piece.toString()]));
  for (const kind of [kinds.begin, kinds.end])
    for (const byte of [...partHead(7, kind, bytes.length), ...bytes]) reader.push(Buffer.of(byte));
  expect(received).toEqual([
    [7, kinds.begin, json],
    [7, kinds.end, json],
  ]);
});

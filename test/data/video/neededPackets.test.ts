import { expect, it } from 'vitest';
import { neededPackets } from '../../../src/data/video/neededPackets.js';

/** A unit with its length before it. */
const unit = (header: number, length = 6) =>
  Buffer.concat([Buffer.from([0, 0, 0, length, header]), Buffer.alloc(length - 1)]);
const [idr, reference, other] = [0x65, 0x41, 0x01];

/** Packets of one unit each, in the order of decoding, shown at `times`. */
function packetsOf(headers: number[], times = [...headers.keys()]) {
  return headers.map((header, i) => ({ data: unit(header), time: times[i], shown: true }));
}

it('gives the packets, the places and how many are shown', () => {
  const packets = packetsOf([idr, other, reference, other, other, idr, reference]);
  expect(neededPackets(packets, 4, [4])).toEqual({
    packets: [true, false, true, false, true, false, false],
    places: [2],
    shown: 3,
  });
});

it('counts what is shown, in the order in which it is', () => {
  const packets = packetsOf([idr, reference, other, reference, other], [0, 2, 1, 4, 3]);
  packets[0].shown = false;
  expect(neededPackets(packets, 4, [1, 3])).toEqual({
    packets: [true, true, false, true, false],
    places: [0, 1],
    shown: 2,
  });
});

it.each<[string, number[], number[] | undefined]>([
  ['every packet is needed', [idr, reference, reference], undefined],
  ['it does not begin with an IDR picture', [reference, other, idr, reference], undefined],
  ['two are shown at the same time', [idr, other, reference, reference], [0, 1, 1, 2]],
  ['a time is missing', [idr, other, reference, reference], [0, 1, Number.NaN, 2]],
  ['there is a parameter set', [idr, other, 0x67, reference], undefined],
  ['there is no slice', [idr, other, 0x06, reference], undefined],
  ['the bit is set that is always 0', [idr, other, 0x81, reference], undefined],
])('gives nothing where %s', (_, headers, times) => {
  expect(neededPackets(packetsOf(headers, times), 4, [headers.length - 1])).toBeUndefined();
});

it('gives nothing where a packet is not one of units, or is empty', () => {
  const packets = packetsOf([idr, other, reference]);
  expect(neededPackets(packets, 4, [2])?.packets).toEqual([true, false, true]);
  for (const data of [
    unit(reference).subarray(1),
    Buffer.concat([unit(reference), Buffer.alloc(1)]),
    Buffer.alloc(0),
  ])
    expect(neededPackets([...packets.slice(0, 2), { ...packets[2], data }], 4, [2])).toBeUndefined();
});

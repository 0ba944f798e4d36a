import { type FileHandle, open } from 'node:fs/promises';

/** The packets of an H.264 stream in an MP4 file, in the order of decoding: each is a picture. */
export interface AvcStream {
  /** Bytes of the length that stands before each unit of a packet. */
  lengthBytes: number;
  packets: AvcPacket[];
}

/** Where a packet is, and what is known of its picture. */
export interface AvcPacket {
  /** Byte in the file. */
  position: number;
  size: number;
  /** When its picture is shown, in ticks of the stream. */
  time: number;
  /** Not left out by an edit list. */
  shown: boolean;
}

/** What a decoder has to be given for some pictures. */
export interface Needed {
  /** The packets that it is not given: each run as [first, last]. */
  dropped: [number, number][];
  /** Which of the pictures that are shown then are those that are wanted, in the order of `wanted`. */
  places: number[];
  /** Pictures that are shown then. */
  shown: number;
}

/** What the slices of a packet say of its picture. */
interface Picture {
  /** Others may refer to it. */
  reference: boolean;
  /** An IDR picture: none after it refers to one before it. */
  refresh: boolean;
}

/**
 * Which packets the decoder of a clip can do without, so that the pictures that are wanted keep all of their pixels: those
 * of pictures to which no other one refers (nal_ref_idc 0), and of all between the last that is wanted and the next IDR picture.
 * @param wanted indices of pictures, in the order in which they are shown, from the lowest.
 * @returns undefined where every packet is needed, and where it is not certain which are: pictures before the first IDR
 *   picture, times that are missing, parameter sets among the pictures, packets that cannot be read as units.
 * Source: ITU-T H.264, 7.3.1 (NAL unit), 7.4.1.2.4 and table 7-1.
 */
export async function neededPackets(
  path: string,
  { lengthBytes, packets }: AvcStream,
  wanted: readonly number[],
): Promise<Needed | undefined> {
  const inOrder = [...packets.keys()].sort((a, b) => packets[a].time - packets[b].time);
  const times = new Set(packets.map(({ time }) => time));
  if (times.size < packets.length || times.has(Number.NaN)) return undefined;
  const pictures = await picturesOf(path, packets, lengthBytes);
  if (!pictures?.[0]?.refresh) return undefined;

  const shown = inOrder.filter((packet) => packets[packet].shown);
  const chosen = new Set(wanted.map((index) => shown[index]));
  const needed = new Array<boolean>(packets.length);
  let later = false; // whether a picture that is wanted may refer to this one
  for (let i = packets.length - 1; i >= 0; i--) {
    needed[i] = chosen.has(i) || (later && pictures[i].reference);
    later ||= chosen.has(i);
    if (pictures[i].refresh) later = false;
  }
  const dropped = runsOf(needed);
  if (dropped.length === 0) return undefined;
  const left = shown.filter((packet) => needed[packet]);
  return { dropped, places: wanted.map((index) => left.indexOf(shown[index])), shown: left.length };
}

/** Runs of packets that are not needed. */
function runsOf(needed: readonly boolean[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const [i, is] of needed.entries()) {
    if (is) continue;
    if (i > 0 && !needed[i - 1]) runs[runs.length - 1][1] = i;
    else runs.push([i, i]);
  }
  return runs;
}

/** What others need besides references: sequence and picture parameter sets, their extensions and subsets. */
const parameterSets = new Set([7, 8, 13, 15]);

/** Undefined when a packet is not a sequence of units with a slice among them, and without parameter sets. */
async function picturesOf(
  path: string,
  packets: readonly AvcPacket[],
  lengthBytes: number,
): Promise<Picture[] | undefined> {
  const pictures: Picture[] = [];
  const file = await open(path);
  try {
    for (const packet of packets) {
      const picture = await pictureOf(file, packet, lengthBytes);
      if (!picture) return undefined;
      pictures.push(picture);
    }
    return pictures;
  } finally {
    await file.close();
  }
}

async function pictureOf(
  file: FileHandle,
  { position, size }: AvcPacket,
  lengthBytes: number,
): Promise<Picture | undefined> {
  if (!(position >= 0 && size > 0)) return undefined;
  const { buffer: bytes, bytesRead } = await file.read(Buffer.allocUnsafe(size), 0, size, position);
  if (bytesRead < size) return undefined;
  const slices: number[] = [];
  let at = 0;
  while (at + lengthBytes < size) {
    const header = bytes[at + lengthBytes];
    const type = header & 31;
    if (header & 0x80 || parameterSets.has(type)) return undefined; // the first bit is always 0
    if (type >= 1 && type <= 5) slices.push(header);
    at += lengthBytes + bytes.readUIntBE(at, lengthBytes);
  }
  if (at !== size || slices.length === 0) return undefined;
  return {
    reference: slices.some((header) => (header >> 5) & 3),
    refresh: slices.every((header) => (header & 31) === 5),
  };
}

/** A packet of an H.264 stream whose units have their lengths before them, and what is known of its picture. */
export interface AvcPacket {
  data: Buffer;
  /** When its picture is shown, in ticks of the stream. */
  time: number;
  /** Not left out by an edit list. */
  shown: boolean;
}

/** What a decoder has to be given for some pictures. */
export interface Needed {
  /** Of each packet, whether the decoder is given it. */
  packets: boolean[];
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
 * @param packets all of the stream, in the order of decoding: each is a picture.
 * @param lengthBytes bytes of the length that stands before each unit of a packet.
 * @param wanted indices of pictures, in the order in which they are shown, from the lowest.
 * @returns undefined where every packet is needed, and where it is not certain which are: pictures before the first IDR
 *   picture, times that are missing, parameter sets among the pictures, packets that cannot be read as units.
 * Source: ITU-T H.264, 7.3.1 (NAL unit), 7.4.1.2.4 and table 7-1.
 */
export function neededPackets(
  packets: readonly AvcPacket[],
  lengthBytes: number,
  wanted: readonly number[],
): Needed | undefined {
  const times = new Set(packets.map(({ time }) => time));
  if (times.size < packets.length || times.has(Number.NaN)) return undefined;
  const pictures: Picture[] = [];
  for (const { data } of packets) {
    const picture = pictureOf(data, lengthBytes);
    if (!picture) return undefined;
    pictures.push(picture);
  }
  if (!pictures[0]?.refresh) return undefined;

  const inOrder = [...packets.keys()].sort((a, b) => packets[a].time - packets[b].time);
  const shown = inOrder.filter((packet) => packets[packet].shown);
  const chosen = new Set(wanted.map((index) => shown[index]));
  const needed = new Array<boolean>(packets.length);
  let later = false; // whether a picture that is wanted may refer to this one
  for (let i = packets.length - 1; i >= 0; i--) {
    needed[i] = chosen.has(i) || (later && pictures[i].reference);
    later ||= chosen.has(i);
    if (pictures[i].refresh) later = false;
  }
  if (needed.every(Boolean)) return undefined;
  const left = shown.filter((packet) => needed[packet]);
  return { packets: needed, places: wanted.map((index) => left.indexOf(shown[index])), shown: left.length };
}

/** What others need besides references: sequence and picture parameter sets, their extensions and subsets. */
const parameterSets = new Set([7, 8, 13, 15]);

/** Undefined when a packet is not a sequence of units with a slice among them, and without parameter sets. */
function pictureOf(bytes: Buffer, lengthBytes: number): Picture | undefined {
  const slices: number[] = [];
  let at = 0;
  while (at + lengthBytes < bytes.length) {
    const header = bytes[at + lengthBytes];
    const type = header & 31;
    if (header & 0x80 || parameterSets.has(type)) return undefined; // the first bit is always 0
    if (type >= 1 && type <= 5) slices.push(header);
    at += lengthBytes + bytes.readUIntBE(at, lengthBytes);
  }
  if (at !== bytes.length || slices.length === 0) return undefined;
  return {
    reference: slices.some((header) => (header >> 5) & 3),
    refresh: slices.every((header) => (header & 31) === 5),
  };
}

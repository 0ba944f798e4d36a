import { createRequire } from 'node:module';

/** What is used of the package that brings FFmpeg's libraries to Node: its binding, whose functions return FFmpeg's codes. */
export interface FfmpegLibrary {
  FormatContext: new () => FormatContext;
  CodecContext: new () => CodecContext;
  FilterGraph: new () => FilterGraph;
  Packet: new () => Packet;
  Frame: new () => Frame;
  Codec: { findDecoder(id: number): object | null };
  Filter: { getByName(name: string): object | null };
  Option: { set(context: FormatContext | CodecContext, name: string, value: string, flags: number): number };
  Log: { setLevel(level: number): void };
  avGetCodecName(id: number): string | null;
  getFFmpegInfo(): { configuration: string; version: string; libraries: { avcodec: string } };
}

interface Ratio {
  num: number;
  den: number;
}

/** A file that is read. */
export interface FormatContext {
  readonly duration: bigint;
  readonly streams: Stream[] | null;
  allocContext(): void;
  openInputSync(url: string, format: null, options: null): number;
  findStreamInfoSync(options: null): number;
  readFrameSync(packet: Packet): number;
  closeInputSync(): void;
}

/** One of the streams of a file. */
export interface Stream {
  readonly index: number;
  readonly codecpar: {
    readonly codecType: number;
    readonly codecId: number;
    readonly width: number;
    readonly height: number;
    readonly extradata: Buffer | null;
    getCodedSideData(type: number): Buffer | null;
  };
  readonly timeBase: Ratio;
  readonly duration: bigint;
  readonly disposition: number;
  readonly avgFrameRate: Ratio;
  discard: number;
}

/** A decoder. */
export interface CodecContext {
  threadCount: number;
  pktTimebase: Ratio;
  allocContext3(codec: object): void;
  parametersToContext(parameters: Stream['codecpar']): number;
  open2Sync(codec: object, options: null): number;
  sendPacketSync(packet: Packet | null): number;
  receiveFrameSync(frame: Frame): number;
  freeContext(): void;
}

/** Encoded bytes of a stream. */
export interface Packet {
  readonly streamIndex: number;
  readonly size: number;
  readonly pts: bigint;
  readonly flags: number;
  /** A view of memory that `unref` and `free` release. */
  readonly data: Buffer | null;
  getSideData(type: number): Buffer | null;
  alloc(): void;
  clone(): Packet | null;
  unref(): void;
  free(): void;
}

/** A decoded picture. */
export interface Frame {
  readonly pts: bigint;
  readonly width: number;
  readonly height: number;
  readonly format: number;
  readonly colorSpace: number;
  readonly colorRange: number;
  readonly flags: number;
  readonly decodeErrorFlags: number;
  readonly linesize: number[];
  /** Views of memory that `unref` and `free` release. */
  readonly data: Buffer[] | null;
  alloc(): void;
  toBuffer(): Buffer;
  unref(): void;
  free(): void;
}

/** Filters that are linked. */
export interface FilterGraph {
  nbThreads: number;
  scaleSwsOpts: string;
  alloc(): void;
  createFilter(filter: object, name: string, args: string | null): FilterContext | null;
  configSync(): number;
  free(): void;
}

/** A filter of a graph. */
export interface FilterContext {
  link(pad: number, to: FilterContext, toPad: number): number;
  buffersrcAddFrameSync(frame: Frame, flags: number): number;
  buffersinkGetFrameSync(frame: Frame): number;
}

/** Numbers of FFmpeg's headers, which its own rules keep as they are. */
export const constants = {
  mediaTypeVideo: 0,
  codecIdH264: 27,
  dispositionAttachedPicture: 0x400,
  discardAll: 48,
  packetCorrupt: 2,
  packetDiscard: 4,
  packetDataNewExtradata: 1,
  packetDataFrameCropping: 36,
  frameCorrupt: 1,
  logQuiet: -8,
  endOfFile: -541478725,
  noTime: -(2n ** 63n),
  /** Of the duration of a file. */
  ticksPerSecond: 1_000_000,
} as const;

const { platform, arch } = process;
/** The package of this system. */
export const libraryPackage = `@seydx/node-av-${platform}-${arch}${platform === 'win32' ? '-msvc' : ''}`;
const require = createRequire(import.meta.url);

/** Whether FFmpeg's libraries are installed for this system; that they load is another matter. */
export function hasFfmpegLibrary(): boolean {
  try {
    require.resolve(`${libraryPackage}/node-av.node`);
    return true;
  } catch {
    return false;
  }
}

/**
 * FFmpeg's libraries, in this process: what a damaged file does to them, it does to all of it.
 * @throws Error when they are not installed, or do not load on this system.
 */
export const loadFfmpegLibrary = (): FfmpegLibrary => require(`${libraryPackage}/node-av.node`);

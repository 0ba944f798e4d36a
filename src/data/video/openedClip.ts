import { constants as system } from 'node:os';
import {
  type CodecContext,
  constants,
  type FfmpegLibrary,
  type FilterContext,
  type FilterGraph,
  type FormatContext,
  type Frame,
  type Packet,
  type Stream,
} from './ffmpegLibrary.js';
import { neededPackets } from './neededPackets.js';
import type { VideoInfo } from './videoInfo.js';

/** A file, and the options of ffmpeg's with which it is opened and decoded. */
export interface ClipSource {
  url: string;
  inputOptions: Record<string, string>;
  decoderOptions: Record<string, string>;
}

/** Most bytes of packets that are held. What is above decodes for so long that the start of an ffmpeg is nothing beside it. */
const mostHeld = 256 << 20;

/**
 * A clip whose picture is in memory as packets: of `V:0`, the first video stream that is not a cover picture. Whatever is
 * unusual about it throws, and is for ffmpeg to read or to complain of.
 */
export class OpenedClip {
  /** What ffprobe says of it. */
  readonly video: VideoInfo;
  private readonly packets: Packet[] = [];
  private readonly format: FormatContext;
  private readonly stream: Stream;

  /**
   * Opens a file and reads its packets.
   * @param onProgress is called for each packet.
   * @throws Error for a file that cannot be read, or is unusual.
   */
  constructor(
    private readonly library: FfmpegLibrary,
    private readonly source: ClipSource,
    onProgress: () => void,
  ) {
    this.format = new library.FormatContext();
    this.format.allocContext();
    try {
      for (const option of Object.entries(source.inputOptions)) this.set(this.format, option);
      check('open', this.format.openInputSync(source.url, null, null));
      check('read the streams of', this.format.findStreamInfoSync(null));
      this.stream = this.chooseStream();
      this.readPackets(onProgress);
      this.video = this.describe();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Decodes pictures.
   * @param indices of those that are shown, from the lowest, each once.
   * @param onPixels is given the RGB24 of each, which it must not keep.
   * @param onProgress is called for each packet.
   * @throws Error when a picture is damaged, or another number of them is shown than the packets say.
   */
  decode(indices: readonly number[], onPixels: (pixels: Buffer) => void, onProgress: () => void): void {
    const { library, packets, video } = this;
    const needed = this.needed(indices);
    const places = new Set(needed?.places ?? indices);
    const decoder = this.openDecoder();
    const frame = new library.Frame();
    frame.alloc();
    const colours = new Colours(library, video);
    let shown = 0;
    let last = constants.noTime;
    const send = (packet: Packet | null) => {
      check('decode', decoder.sendPacketSync(packet));
      for (;;) {
        const code = decoder.receiveFrameSync(frame);
        if (code === -system.errno.EAGAIN || code === constants.endOfFile) break;
        check('decode', code);
        if (frame.decodeErrorFlags || frame.flags & constants.frameCorrupt) throw odd('shows damage');
        colours.checkKind(frame);
        // Places are known by the times of packets.
        if (needed && frame.pts <= last) throw odd('shows frames in another order than their times');
        last = frame.pts;
        if (places.has(shown++)) colours.convert(frame, onPixels);
        frame.unref();
      }
      onProgress();
    };
    try {
      for (const [i, packet] of packets.entries()) if (needed?.packets[i] ?? true) send(packet);
      send(null);
    } finally {
      colours.free();
      frame.free();
      decoder.freeContext();
    }
    if (shown !== (needed?.shown ?? video.frames)) throw odd('shows another number of frames');
  }

  /** Forgets the packets and closes the file. */
  close(): void {
    for (const packet of this.packets) packet.free();
    this.packets.length = 0;
    this.format.closeInputSync();
  }

  private set(context: FormatContext | CodecContext, [name, value]: [string, string]): void {
    check(`set ${name} of`, this.library.Option.set(context, name, value, 0));
  }

  private chooseStream(): Stream {
    const streams = this.format.streams ?? [];
    const chosen = streams.find(
      ({ codecpar, disposition }) =>
        codecpar.codecType === constants.mediaTypeVideo &&
        !(disposition & constants.dispositionAttachedPicture),
    );
    if (!chosen) throw odd('has no video stream');
    // Newer ffmpegs crop by it.
    if (chosen.codecpar.getCodedSideData(constants.packetDataFrameCropping)) throw odd('is to be cropped');
    for (const stream of streams) if (stream.index !== chosen.index) stream.discard = constants.discardAll;
    return chosen;
  }

  private readPackets(onProgress: () => void): void {
    const packet = new this.library.Packet();
    packet.alloc();
    let held = 0;
    try {
      for (;;) {
        const code = this.format.readFrameSync(packet);
        if (code === constants.endOfFile) return;
        check('read', code);
        onProgress();
        if (packet.streamIndex === this.stream.index) {
          if (packet.flags & constants.packetCorrupt) throw odd('has a corrupt packet');
          held += packet.size;
          if (held > mostHeld) throw odd('has too many packets to hold');
          const kept = packet.clone();
          if (!kept) throw odd('has too many packets to hold');
          this.packets.push(kept);
        }
        packet.unref();
      }
    } finally {
      packet.free();
    }
  }

  private describe(): VideoInfo {
    const { codecpar, avgFrameRate, timeBase, duration } = this.stream;
    const seconds =
      duration === constants.noTime
        ? timeOf(this.format.duration) / constants.ticksPerSecond
        : (Number(duration) * timeBase.num) / timeBase.den;
    return {
      width: codecpar.width,
      height: codecpar.height,
      frames: this.packets.filter(isShown).length,
      fps: avgFrameRate.num / avgFrameRate.den,
      duration: seconds,
      codec: this.library.avGetCodecName(codecpar.codecId) ?? '',
    };
  }

  /** What is enough for some pictures, of H.264 whose units have their lengths before them: avcC, version 1. */
  private needed(indices: readonly number[]): ReturnType<typeof neededPackets> {
    const { codecId, extradata } = this.stream.codecpar;
    if (codecId !== constants.codecIdH264 || extradata?.[0] !== 1 || extradata.length < 7) return undefined;
    // Parameter sets that come with a packet, for it and those behind it.
    if (this.packets.some((packet) => packet.getSideData(constants.packetDataNewExtradata))) return undefined;
    const packets = this.packets.map((packet) => ({
      data: packet.data ?? Buffer.alloc(0),
      time: timeOf(packet.pts),
      shown: isShown(packet),
    }));
    return neededPackets(packets, (extradata[4] & 3) + 1, indices);
  }

  private openDecoder(): CodecContext {
    const { codecpar, timeBase } = this.stream;
    const codec = this.library.Codec.findDecoder(codecpar.codecId);
    if (!codec) throw odd('has a codec without a decoder');
    const decoder = new this.library.CodecContext();
    decoder.allocContext3(codec);
    check('decode', decoder.parametersToContext(codecpar));
    decoder.threadCount = 1;
    decoder.pktTimebase = timeBase;
    for (const option of Object.entries(this.source.decoderOptions)) this.set(decoder, option);
    check('decode', decoder.open2Sync(codec, null));
    return decoder;
  }
}

const isShown = ({ flags }: Packet): boolean => !(flags & constants.packetDiscard);

const timeOf = (time: bigint): number => (time === constants.noTime ? Number.NaN : Number(time));

const odd = (what: string): Error => new Error(`the file ${what}`);

function check(verb: string, code: number): void {
  if (code < 0) throw new Error(`FFmpeg's libraries cannot ${verb} the file: error ${code}`);
}

/** Makes RGB24 of the pictures of a clip, which are all of one kind, as ffmpeg does for `-pix_fmt rgb24`. */
class Colours {
  private graph?: FilterGraph;
  private input?: FilterContext;
  private output?: FilterContext;
  private kind = '';
  private readonly converted: Frame;

  constructor(
    private readonly library: FfmpegLibrary,
    private readonly video: VideoInfo,
  ) {
    this.converted = new library.Frame();
    this.converted.alloc();
  }

  /** @throws Error when a picture is of another size than the file says, or of another kind than the first one. */
  checkKind({ width, height, format, colorSpace, colorRange }: Frame): void {
    if (width !== this.video.width || height !== this.video.height) throw odd('has frames of another size');
    const kind = `video_size=${width}x${height}:pix_fmt=${format}:colorspace=${colorSpace}:range=${colorRange}:time_base=1/1`;
    this.kind ||= kind;
    if (kind !== this.kind) throw odd('has frames of several kinds');
  }

  /** Gives `onPixels` the RGB24 of a picture. */
  convert(frame: Frame, onPixels: (pixels: Buffer) => void): void {
    if (!this.graph) this.link();
    const { input, output, converted } = this;
    if (!input || !output) throw odd('cannot be converted');
    check('convert', input.buffersrcAddFrameSync(frame, 0));
    check('convert', output.buffersinkGetFrameSync(converted));
    const { width, height, linesize, data } = converted;
    const packed = data && linesize[0] === 3 * width;
    onPixels(packed ? data[0].subarray(0, 3 * width * height) : converted.toBuffer());
    converted.unref();
  }

  free(): void {
    this.graph?.free();
    this.converted.free();
  }

  private link(): void {
    const graph = new this.library.FilterGraph();
    this.graph = graph;
    graph.alloc();
    graph.nbThreads = 1;
    graph.scaleSwsOpts = 'flags=bicubic'; // as ffmpeg sets it
    const add = (filter: string, args: string | null) => {
      const found = this.library.Filter.getByName(filter);
      const added = found && graph.createFilter(found, filter, args);
      if (!added) throw odd('cannot be converted');
      return added;
    };
    this.input = add('buffer', this.kind);
    const rgb = add('format', 'pix_fmts=rgb24');
    this.output = add('buffersink', null);
    check('convert', this.input.link(0, rgb, 0));
    check('convert', rgb.link(0, this.output, 0));
    check('convert', graph.configSync());
  }
}

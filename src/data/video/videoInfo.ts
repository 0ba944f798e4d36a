/** What a video file says about its picture. */
export interface VideoInfo {
  /** As it is stored: a rotation that the file asks for is not applied, as the official reader applies none. */
  width: number;
  /** Rows of a frame, as it is stored. */
  height: number;
  /** Pictures that are shown: without those that an edit list leaves out. */
  frames: number;
  /** Frames per second, on average. */
  fps: number;
  /** Seconds. */
  duration: number;
  /** ffmpeg's name of the codec, for example "h264". */
  codec: string;
}

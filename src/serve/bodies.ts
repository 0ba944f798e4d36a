import type { Media } from './clipFile.js';
import { RequestError } from './requestError.js';

/** One clip to be scored, by some of the rewards. */
export interface Ask {
  media: Media;
  prompt?: string;
  /** Names of the rewards. */
  rewards: readonly string[];
  /** The caller's own name for it. */
  id?: string;
}

type Json = Record<string, unknown>;

/**
 * The clips of a body of `POST /score`, in their order; what is wrong with one of them takes its place. Of a history the
 * last turn is scored.
 * Source: the contract of UniRL's reward service, protocol 1.
 * @throws RequestError 400 where the body as a whole is not understood.
 */
export function asksOfScore(body: unknown): (Ask | RequestError)[] {
  const { protocol_version: version = '1', requests } = objectOf(body, 'the body');
  if (version !== '1')
    throw new RequestError(400, `expected protocol_version "1", received ${shown(version)}`);
  return listOf(requests, 'requests').map((request, i) =>
    tried(() => {
      const { history, required_rewards: rewards, request_id: id } = objectOf(request, `requests[${i}]`);
      const turns = listOf(history, `requests[${i}].history`);
      const where = `requests[${i}].history[${turns.length - 1}]`;
      const turn = objectOf(turns.at(-1), where);
      const media = {
        path: textOf(turn.video_path, `${where}.video_path`),
        base64: textOf(turn.video_b64, `${where}.video_b64`),
      };
      if (media.path === undefined && media.base64 === undefined) {
        throw new RequestError(
          400,
          `${where}: expected video_path or video_b64; the rewards here are of videos`,
        );
      }
      return {
        media,
        prompt: textOf(turn.text, `${where}.text`),
        rewards: namesOf(rewards, `requests[${i}].required_rewards`),
        id: textOf(id, `requests[${i}].request_id`),
      };
    }),
  );
}

/**
 * The clips of a body of `POST /v1/scores`, as `asksOfScore`. @param names of the rewards that are served: one of them
 * may be left out of a body.
 */
export function asksOfPlain(
  body: unknown,
  names: readonly string[],
): { reward: string; asks: (Ask | RequestError)[] } {
  const { reward: given, clips } = objectOf(body, 'the body');
  const reward = textOf(given, 'reward') ?? (names.length === 1 ? names[0] : undefined);
  if (reward === undefined || !names.includes(reward)) {
    throw new RequestError(400, `expected reward to be one of ${names.join(', ')}, received ${shown(given)}`);
  }
  const asks = listOf(clips, 'clips').map((clip, i) =>
    tried(() => {
      const { path, url, video_b64: base64, prompt, id } = objectOf(clip, `clips[${i}]`);
      return {
        media: {
          path: textOf(path, `clips[${i}].path`),
          url: textOf(url, `clips[${i}].url`),
          base64: textOf(base64, `clips[${i}].video_b64`),
        },
        prompt: textOf(prompt, `clips[${i}].prompt`),
        rewards: [reward],
        id: textOf(id, `clips[${i}].id`),
      };
    }),
  );
  return { reward, asks };
}

/** What is wrong with one clip is told in its place. */
function tried(read: () => Ask): Ask | RequestError {
  try {
    return read();
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
}

function objectOf(value: unknown, where: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new RequestError(400, `${where}: expected an object, received ${shown(value)}`);
}

function listOf(value: unknown, where: string): unknown[] {
  if (Array.isArray(value) && value.length > 0) return value;
  throw new RequestError(400, `${where}: expected a list that is not empty, received ${shown(value)}`);
}

/** Text; undefined where it is null or not there. */
function textOf(value: unknown, where: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new RequestError(400, `${where}: expected text, received ${shown(value)}`);
}

function namesOf(value: unknown, where: string): string[] {
  return listOf(value, where).map((name, i) => {
    if (typeof name === 'string') return name;
    throw new RequestError(400, `${where}[${i}]: expected text, received ${shown(name)}`);
  });
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)} …` : text;
}

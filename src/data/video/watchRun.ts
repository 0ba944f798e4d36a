import { aboveLimit, videoLimits } from './videoLimits.js';

/** Milliseconds of the longest timer of Node, where there is no limit. */
const longest = 2 ** 31 - 1;
/** Looks for progress within the time that may pass without any. */
const looks = 10;

/** What is told of a run that is watched. */
export interface RunWatch {
  progress(): void;
  end(): void;
}

/** Watches something that reads a clip: `fail` is called when it is above a limit of time of `videoLimits`. */
export function watchRun(fail: (error: Error) => void): RunWatch {
  const { idleSeconds, workSeconds } = videoLimits;
  let quiet = 0;
  // Counted in looks, not by the clock: where this thread has computed for minutes, what has come is still to be read.
  const watch = setInterval(
    () => {
      if (++quiet > looks) fail(aboveLimit('idleSeconds', idleSeconds));
    },
    Math.min((idleSeconds * 1000) / looks, longest),
  );
  const whole = setTimeout(
    () => fail(aboveLimit('workSeconds', workSeconds)),
    Math.min(workSeconds * 1000, longest),
  );
  return {
    progress() {
      quiet = 0;
    },
    end() {
      clearInterval(watch);
      clearTimeout(whole);
    },
  };
}

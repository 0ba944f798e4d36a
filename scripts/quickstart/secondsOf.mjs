/** What the notebook does where nothing else is said. */
export const work = { clips: 7000, steps: 600, frames: 8 };
/** Shares of the clips that are trained on, and that are scored in the end: the notebook's split by prompt. */
const [trained, tested] = [0.8, 0.15];
/** Pairs of a step. */
const batch = 16;

/**
 * Seconds that the parts of the quickstart take, from what was measured: a clip is read and seen once in training, as in scoring.
 * @param {{ perMade: number, perScored: number, perStep: number }} measured seconds of a clip that is made, of one that is read and
 *   scored, and of a step whose clips have been read
 * @param {{ clips: number, steps: number }} work
 */
export function secondsOf({ perMade, perScored, perStep }, { clips, steps }) {
  const read = Math.min(trained * clips, 2 * batch * steps);
  return {
    data: Math.round(clips * perMade),
    training: Math.round(read * perScored + steps * perStep),
    evaluation: Math.round(tested * clips * perScored),
  };
}

/** The notebook's sections that the parts of the quickstart are, by words of their titles. */
const sectionOf = { data: 'Clips and votes', training: 'Training', evaluation: 'Evaluation' };

/**
 * What the parts took, from the sections of the notebook that was run; a section that is not there has no part.
 * @param {{ title: string, seconds: number }[]} sections
 * @returns {Record<string, number>} such as `dataSeconds`
 */
export function partSeconds(sections) {
  return Object.fromEntries(
    Object.entries(sectionOf).flatMap(([part, words]) => {
      const section = sections.find(({ title }) => title.includes(words));
      return section ? [[`${part}Seconds`, section.seconds]] : [];
    }),
  );
}

/** `about 4 minutes on this machine (data 60 s, training 150 s, evaluation 12 s)`. @param {Record<string, number>} parts */
export function inWords(parts) {
  const seconds = Object.values(parts).reduce((sum, value) => sum + value, 0);
  const whole = seconds < 90 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
  const each = Object.entries(parts).map(([name, value]) => `${name} ${value} s`);
  return `about ${whole} on this machine (${each.join(', ')})`;
}

import type { RatingScale } from './benchmark.js';

/** A column, by the names that files give it, the surest first. */
export type Named = readonly string[];

/** A row compares two clips. */
export interface PairLayout {
  name: string;
  first: Named;
  second: Named;
  /** What generated the clips; need not be there. */
  generators: readonly [Named, Named];
  prompt: Named;
  /** What people were asked: a column each, of which one has to be there. */
  dimensions: Readonly<Record<string, Named>>;
  /** What is written for the first, the second and neither of the two. */
  words: Readonly<Record<string, -1 | 0 | 1>>;
}

/** A row rates one clip. */
export interface RatingLayout {
  name: string;
  clip: Named;
  generator: Named;
  prompt: Named;
  dimensions: Readonly<Record<string, Named>>;
  scale: Required<Pick<RatingScale, 'lowest' | 'highest'>> & RatingScale;
}

/** Source: github.com/KwaiVGI/VideoAlign, `eval_videogen_rewardbench.py`; the data set's card. */
export const videogenRewardBench: PairLayout = {
  name: 'VideoGen-RewardBench',
  first: ['path_A'],
  second: ['path_B'],
  generators: [['A_model'], ['B_model']],
  prompt: ['prompt'],
  dimensions: { VQ: ['VQ'], MQ: ['MQ'], TA: ['TA'], Overall: ['Overall'] },
  words: { A: 1, B: -1, same: 0 },
};

/** Source: github.com/TIGER-AI-Lab/GenAI-Bench, `inference.py` and `inference_configs.json`; VideoScore2's `get_pairwise_acc.py`. */
export const genAiBench: PairLayout = {
  name: 'GenAI-Bench (video generation)',
  first: ['left_video'],
  second: ['right_video'],
  generators: [['left_model'], ['right_model']],
  prompt: ['prompt'],
  dimensions: { vote: ['vote_type'] },
  words: { leftvote: 1, rightvote: -1, tievote: 0, bothbad_vote: 0 },
};

/** Source: github.com/Hritikbansal/videophy, README (training data) and `examples/train_example.csv`. */
export const videoPhy: RatingLayout = {
  name: 'VideoPhy',
  clip: ['video_url', 'videopath'],
  generator: ['source'],
  prompt: ['caption'],
  dimensions: { sa: ['majority_sa', 'sa'], pc: ['majority_pc', 'pc', 'physics'] },
  scale: { lowest: 0, highest: 1, high: 1 },
};

/** Source: the card of the data set videophysics/videophy2_test; its README for the level 4 ("SA>=4, PC>=4"). */
export const videoPhy2: RatingLayout = {
  name: 'VideoPhy-2',
  clip: ['video_url', 'videopath'],
  generator: ['model_name'],
  prompt: ['caption'],
  dimensions: { sa: ['sa'], pc: ['pc'] },
  scale: { lowest: 1, highest: 5, high: 4 },
};

/** Source: github.com/TIGER-AI-Lab/VideoScore2, `eval/eval_mllm.py` (benchmark `vs2_bench`) and its result files. */
export const videoFeedback2: RatingLayout = {
  name: 'VideoFeedback2',
  clip: ['video_name'],
  generator: ['model'],
  prompt: ['prompt'],
  dimensions: {
    'visual quality': ['visual_score', 'v_score_gt'],
    'text alignment': ['t2v_score', 't_score_gt'],
    'physical consistency': ['phy_score', 'p_score_gt'],
  },
  scale: { lowest: 1, highest: 5 },
};

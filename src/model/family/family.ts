import type { Random } from '../../base/random.js';
import type { Tensor, Tensor2D, Tensor3D } from '../../engine/tf.js';
import type { RewardModelConfig } from '../config.js';
import type { Batch, PaddedIds } from '../input/batch.js';
import type { ClipFormat } from '../input/processor.js';
import type { Tokens } from '../input/tokens.js';
import type { Json, JsonReader } from '../jsonReader.js';
import type { Parameters } from '../parameterSpec.js';
import type { Weights } from '../weights/weights.js';
import type { VideoGrid } from './videoGrid.js';

/** All that a family of models has of its own. A new one is a folder beside this file, and a line in `familyOf.ts`. */
export interface ModelFamily<Config extends RewardModelConfig> {
  /** Its models: what `family` in a configuration, and the official `model_type` of a run, may be. */
  readonly members: readonly Config['family'][];
  /** `model_type` in the official `config.json`. */
  readonly modelTypes: readonly string[];
  /** Names of the settings of how clips become frames. */
  readonly frameSettings: readonly string[];
  /** The token in whose place a visual token is put. */
  readonly placeholder: string;
  /**
   * Reads the official `config.json` and `training_config.json`. @param ours whether we wrote the latter.
   * @throws naming the field that is missing or has a value that no model of the family has.
   */
  readConfig(top: JsonReader, training: JsonReader, ours: boolean): Body<Config>;
  /** The official `config.json`, but for what all families have in common. */
  configJson(config: Config, tokens?: Tokens): Json;
  /** The family's section of the official `training_config.json`, by its name. */
  argsJson(config: Config): Json;
  /** Parameters of all that comes before the decoder, in the order of the computation. */
  visionParameters(config: Config): Parameters;
  parameterNames: ParameterNames;
  /** @throws when the tokenizer lacks the placeholder. */
  backbone(weights: Weights, config: Config, tokens: Tokens): Backbone;
  /** How a model takes clips. */
  format(config: Config, tokens: Tokens): ClipFormat;
  /** Tokens of a clip that the decoder takes at most; undefined where it takes any number. */
  maxTokens(config: Config): number | undefined;
  /** Where the visual tokens of a batch's first clip are. */
  visualLayout(config: Config, batch: Pick<Batch, 'grids' | 'pixelValues'>): VisualLayout;
  /** What a clip is for the model, where all clips are alike; undefined where they differ in size. */
  clipSize(config: Config): ClipSize | undefined;
}

/** A configuration without what belongs to the head. */
export type Body<Config> = Config extends unknown
  ? Omit<Config, 'layers' | 'reduceSequence' | 'rewardDropout'>
  : never;

/** How the official checkpoints of a family name the parts of a model. Source: official implementation, state dict. */
export interface ParameterNames {
  /** Prefixes of all parameters before the decoder. */
  vision: string[];
  /** Prefix of the decoder's parameters. */
  decoder: string;
  /** The vocabulary projection of the decoder, where it is not tied. */
  projection: string;
}

/** Visual tokens of a clip: frames (or temporal patches), each of rows x columns tokens, where they are so arranged. */
export interface VisualLayout {
  frames: number;
  rows?: number;
  columns?: number;
}

/** Lengths of the sequences that a clip makes. */
export interface ClipSize {
  /** Sequences of the vision transformer, and tokens of each. */
  tiles: number;
  patches: number;
  /** Visual tokens of the decoder. */
  visualTokens: number;
}

/** What the backbones of all families do. */
export interface Backbone {
  /** Visual tokens [..., H] of the clips of a batch, in their order. @param random of drop path, in training. */
  encodeVision(pixelValues: Tensor, grids: readonly VideoGrid[], random?: Random): Tensor;
  /** Hidden states of the vision transformer, [tiles, tokens, width] each, where they are to be compared. */
  visionStates?(pixelValues: Tensor): Tensor3D[];
  /** What `decode` takes as positions, made on the host: a device's values are not to be waited for. */
  positions(tokens: PaddedIds, grids: readonly VideoGrid[]): Tensor[];
  /** Hidden states of the decoder: L + 1 tensors [B, N, H]. */
  decode(
    inputIds: Tensor2D,
    attentionMask: Tensor2D,
    visual: Tensor2D,
    grids: readonly VideoGrid[],
    positions?: readonly Tensor[],
  ): Tensor3D[];
}

/** How a new parameter is drawn. */
export type Initial = 'zeros' | 'ones' | { normal: number } | { uniform: number };

/** A parameter of a model: its shape in PyTorch's layout, and its initial values. */
export interface ParameterSpec {
  shape: number[];
  initial: Initial;
}

/** Parameters by their official names. */
export type Parameters = [name: string, spec: ParameterSpec][];

/** A product of features: weight [out, input], and a bias that begins at 0. */
export function linear(name: string, input: number, out: number, bias = true, deviation = 0.02): Parameters {
  const weight: Parameters[number] = [
    `${name}.weight`,
    { shape: [out, input], initial: { normal: deviation } },
  ];
  return bias ? [weight, [`${name}.bias`, { shape: [out], initial: 'zeros' }]] : [weight];
}

/** A norm: weights that begin at 1, and a bias that begins at 0. */
export function norm(name: string, width: number, bias = true): Parameters {
  const weight: Parameters[number] = [`${name}.weight`, { shape: [width], initial: 'ones' }];
  return bias ? [weight, [`${name}.bias`, { shape: [width], initial: 'zeros' }]] : [weight];
}

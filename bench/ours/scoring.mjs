// Scores of clips from their files: decoded, resized and looked at by the tutorial's model, nothing kept.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at } from '../../scripts/gpuCheck/dist.mjs';
import { serve, settings } from './side.mjs';

const { use } = await at('engine/use.js');
const { tiny } = await at('model/tiny.js');
const { save } = await at('model/load.js');
const { makeWorld } = await at('data/world/world.js');
const { probe } = await at('data/video/probe.js');
const { sampleFrames } = await at('data/video/sampleFrames.js');

const { folder, count, batchSize } = settings;
await use('native');
const { clips } = await makeWorld({ clips: count, seed: 1, folder: join(folder, 'world') });
const model = await tiny({ dimension: 'physics', seed: 1 });
await save(model, join(folder, 'model'));
const list = [];
for (const { path, ...clip } of clips) {
  const { inputIds } = await model.processor.process({ path, ...clip }, model.prompts);
  const { frames } = await probe(path);
  list.push({ path, inputIds: [...inputIds], frames: sampleFrames(frames, model.config.numSegments) });
}
const context = model.backbone.imageContextId;
writeFileSync(join(folder, 'clips.json'), JSON.stringify({ clips: list, context }));

await serve({
  score: async () => ({ values: await model.score(clips, { batchSize }) }),
});

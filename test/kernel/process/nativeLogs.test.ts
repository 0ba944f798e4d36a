import { expect, it } from 'vitest';
import { splitLog } from '../../../kernel/process/nativeLogs.js';

const note = 'WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n';
const line = (severity: string, text: string) =>
  `${severity}0000 00:00:1795444270.007672   32568 port.cc:153] ${text}\n`;
const info = line('I', 'oneDNN custom operations are on.');

const noVulkan =
  'Warning: vkCreateInstance: Found no drivers!\n' +
  'Warning: vkCreateInstance failed with VK_ERROR_INCOMPATIBLE_DRIVER\n' +
  '    at CheckVkSuccessImpl (/home/runner/dawn/native/vulkan/VulkanError.cpp:106)\n\n';

it.each([
  ['information, and the note before it', note + info, '', note + info],
  ['a warning', line('W', 'slow'), line('W', 'slow'), ''],
  ['an error after the note', note + line('E', 'broken'), line('E', 'broken'), note],
  ['information between other text', `before\n${info}after\n`, 'before\nafter\n', info],
  ['the same words in a line of the user', `I0000: ${note}`, `I0000: ${note}`, ''],
  [
    "WebGPU's words where there is no Vulkan driver",
    `before\n${noVulkan}after\n`,
    'before\nafter\n',
    noVulkan,
  ],
  ['a line without an end', info.trim(), info.trim(), ''],
])('parts %s', (_, text, shown, logged) => {
  expect(splitLog(text)).toEqual({ shown, logged });
});

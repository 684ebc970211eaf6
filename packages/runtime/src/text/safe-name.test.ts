import { expect, test } from 'vitest'
import { safeName, safeWord } from './safe-name.ts'

test.each(['mood', 'agent_info', 'x-ray', '$ref', '_wrapper', 'custom_field_12', 'v2.name'])(
  'the identifier %s is shown unchanged',
  (name) => expect(safeName(name)).toBe(name),
)

test.each([
  ['Jane Doe', '<name of 8 characters, sha256 01332c87>'],
  ['+14155550100', expect.stringMatching(/^<name of 12 characters, sha256 [0-9a-f]{8}>$/)],
  ['user_4155550100', expect.stringMatching(/^<name of 15 /)],
  ['jane@example.com', expect.stringMatching(/^<name of 16 /)],
  ['', expect.stringMatching(/^<name of 0 /)],
  ['客户', expect.stringMatching(/^<name of 2 /)],
  ['a\nb', expect.stringMatching(/^<name of 3 /)],
  ['k'.repeat(100_000), expect.stringMatching(/^<name of 100000 /)],
])('I10 the name %j is shown by length and digest', (name, shown) => expect(safeName(name)).toEqual(shown))

test.each([
  ['sms_menu', 'sms_menu'],
  ['Voice Inbound (IVR)', 'Voice Inbound (IVR)'],
  ['77777', '77777'],
  ['w'.repeat(100), `${'w'.repeat(63)}…`],
  ['half \ud800', 'half \ufffd'],
  ['+1 4155550100', expect.stringMatching(/^<word of 13 characters, sha256 [0-9a-f]{8}>$/)],
  ['jane@example.com', expect.stringMatching(/^<word of 16 /)],
])('the word %j is shown within 64 characters', (word, shown) => expect(safeWord(word)).toEqual(shown))

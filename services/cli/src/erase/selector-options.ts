import type { Command } from 'commander'

export const skipUnreadableHelp =
  'go on although encrypted documents cannot be read, because their key is not there; they are counted'

/** The options that name one person, for `erase` and `subject-access`. */
export function addSelectorOptions(command: Command): Command {
  return command
    .option('--source <name>', 'the source whose sessions name the person')
    .option('--end-user <id>', 'the consumer with this end_user.id')
    .option('--phone <number>', 'the consumer with this number, with its country')
    .option('--email <address>', 'the consumer with this address')
    .option('--session <session>', 'the consumer of this session, as SOURCE/call/ID')
    .option('--agent <id>', 'the agent with this id')
}

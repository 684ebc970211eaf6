import type { Texts } from '../texts/en.ts'

/** The names of channels, for a choice of one. */
export function channelNamer({ channels }: Texts['course']): (channel: string) => string {
  return (channel) => (channel === 'call' || channel === 'chat' ? channels[channel] : channel)
}

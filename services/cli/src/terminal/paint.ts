import { styleText } from 'node:util'
import type { CliContext } from '../cli-context.ts'

export type Style = Parameters<typeof styleText>[0]

/** Colors the text if the stream is a terminal that shows colors, and `NO_COLOR` (`--no-color`) is not set. */
export function paint(context: CliContext, stream: 'stdout' | 'stderr', style: Style, text: string): string {
  return showsColors(context, stream) ? styleText(style, text, { validateStream: false }) : text
}

/** An error as commander prints it, with the word in color. */
export function paintError(context: CliContext, text: string): string {
  return text.replaceAll(/^error:/gm, (word) => paint(context, 'stderr', ['bold', 'red'], word))
}

/** By the rules of https://no-color.org. */
export function showsColors({ env, ...streams }: CliContext, stream: 'stdout' | 'stderr'): boolean {
  return streams[stream].isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
}

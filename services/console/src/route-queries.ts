import { troubleOutcomes } from '@aftercall/warehouse/console/ledger-page'
import { readRejectionPosition } from '@aftercall/warehouse/console/rejection-groups'
import { z } from 'zod'
import { chartNames } from './analytics-answer.ts'
import { chartSpans } from './chart-columns.ts'

export const nothing = z.strictObject({})

const position = z.string().transform((text, context) => {
  const found = readRejectionPosition(text)
  if (found === null) context.addIssue('must be the "next" of another page')
  return found
})

/** An empty field of a form is no filter. */
const unlessEmpty = <Schema extends z.ZodType<unknown>>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? null : value), schema.nullable().default(null))

export const source = unlessEmpty(z.string().max(64))
export const ofSource = z.strictObject({ source })

export const rejectionPage = z.strictObject({
  code: z.string().min(1).max(100),
  source,
  state: z.enum(['open', 'replayed', 'ignored']).default('open'),
  after: position.nullable().default(null),
  limit: z.coerce.number().int().min(1).max(500).default(50),
})

const sessionPosition = z.string().transform((text, context) => {
  const [, channel, sessionId] = /^(call|chat)-(-?\d{1,19})$/.exec(text) ?? []
  if (channel !== undefined && sessionId !== undefined) return { channel, sessionId }
  context.addIssue('must be the "next" of another page')
  return z.NEVER
})

export const sessionList = z.strictObject({
  source,
  channel: z.enum(['call', 'chat']).default('call'),
  day: unlessEmpty(z.iso.date()),
  after: sessionPosition.nullable().default(null),
  limit: z.coerce.number().int().min(1).max(500).default(50),
})

export const objectList = z.strictObject({
  source,
  outcome: unlessEmpty(z.enum(troubleOutcomes)),
  key: z.string().max(1_100).default(''),
  after: z.string().max(1_100).nullable().default(null),
  limit: z.coerce.number().int().min(1).max(500).default(50),
})

export const chartQuery = z.strictObject({ span: z.enum(chartSpans).default('48h'), source })

export const analyticsQuery = z.strictObject({
  source,
  channel: unlessEmpty(z.enum(['call', 'chat'])),
  from: unlessEmpty(z.iso.date()),
  to: unlessEmpty(z.iso.date()),
  /** The one to download. */
  chart: z.enum(chartNames).default('volume'),
})

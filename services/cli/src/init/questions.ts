import { configSchema } from '@aftercall/runtime/config/config-schema'
import type { z } from 'zod'
import { readDatabasePlace } from './database-place.ts'
import type { InitAnswers, Read } from './init-answers.ts'

export type Question<Name extends keyof InitAnswers = keyof InitAnswers> = {
  name: Name
  /** The option that answers it, with its value in the help. */
  flag: string
  /** On the terminal, and as the help of the option. */
  text: string
  /** The answer to an empty line. Undefined if there has to be an answer. */
  byDefault?: string
  /** The problem never quotes the text, which may contain a password. */
  read(text: string): Read<InitAnswers[Name]>
}

const source = configSchema.shape.sources.element.shape

/** In the order in which they are asked. */
export function listQuestions(env: Readonly<Record<string, string | undefined>>): Question[] {
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION
  return [
    question({
      name: 'source',
      flag: '--source <name>',
      text: 'name of the source, for every table (a-z, 0-9, _); it cannot change later',
      read: (text) => readBy(source.name, text),
    }),
    question({
      name: 'bucket',
      flag: '--bucket <name>',
      text: 'bucket with the session files',
      read: (text) => readBy(source.bucket, text),
    }),
    question({
      name: 'prefix',
      flag: '--prefix <text>',
      text: 'beginning of the keys that belong to the source; empty for the whole bucket',
      byDefault: '',
      read: (text) => readBy(source.prefix, text),
    }),
    question({
      name: 'region',
      flag: '--region <name>',
      text: 'Region of the bucket',
      ...(region ? { byDefault: region } : {}),
      read: readRegion,
    }),
    question({
      name: 'timeZone',
      flag: '--time-zone <name>',
      text: 'time zone of times without an offset, such as America/New_York; empty if not known',
      byDefault: '',
      read: (text) => (text === '' ? { value: undefined } : readBy(source.timeZone, text)),
    }),
    question({
      name: 'database',
      flag: '--database <host:port/name>',
      text: 'Postgres server and database to make, without user and password, such as db.example.com:5432/aftercall',
      read: readDatabasePlace,
    }),
    question({
      name: 'admin',
      flag: '--admin <user>',
      text: 'administrator of that server, who makes database and logins',
      byDefault: 'postgres',
      read: (text) =>
        /^[\w.-]+$/.test(text)
          ? { value: text }
          : { problem: 'must be the name of a database user, with letters, digits, _, . and - only' },
    }),
  ]
}

/** Checks that name and type of the answer belong together. */
function question<Name extends keyof InitAnswers>(one: Question<Name>): Question {
  return one
}

function readBy<Value>(schema: z.ZodType<Value>, text: string): Read<Value> {
  const parsed = schema.safeParse(text)
  if (parsed.success) return { value: parsed.data }
  return { problem: parsed.error.issues[0]?.message ?? 'is not valid' }
}

function readRegion(text: string): Read<string> {
  if (/^[a-z]{2,4}(-[a-z]+)+-\d+$/.test(text)) return { value: text }
  return { problem: 'must be the name of an AWS Region, such as eu-west-1' }
}

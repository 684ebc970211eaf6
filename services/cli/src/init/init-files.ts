import { awsSetupScript } from './aws-setup-script.ts'
import { configFile } from './config-file.ts'
import { envFile, type Secrets } from './env-file.ts'
import type { InitAnswers } from './init-answers.ts'
import { loginsSql } from './logins-sql.ts'
import { workerPolicy } from './worker-policy.ts'

export type InitFile = { name: string; text: string; mode: number }

/** The file with the secrets: the only one whose values survive `--force`. */
export const envFileName = 'aftercall.env'

/** Names of all files, in the order in which they are used. */
export const initFileNames = [
  'aftercall.yaml',
  envFileName,
  'aws-setup.sh',
  'worker-policy.json',
  'logins.sql',
] as const

/** All files of a folder for one source. Only `aftercall.env` has secrets: logins.sql has what verifies them. */
export function initFiles(answers: InitAnswers, secrets: Secrets): InitFile[] {
  const texts: Record<(typeof initFileNames)[number], string> = {
    'aftercall.yaml': configFile(answers),
    [envFileName]: envFile(answers, secrets),
    'aws-setup.sh': awsSetupScript(answers),
    'worker-policy.json': `${JSON.stringify(workerPolicy(answers), null, 2)}\n`,
    'logins.sql': loginsSql(answers, secrets),
  }
  return initFileNames.map((name) => ({ name, text: texts[name], mode: modeOf(name) }))
}

function modeOf(name: string): number {
  if (name === envFileName) return 0o600
  return name === 'aws-setup.sh' ? 0o755 : 0o644
}

import { shellQuote } from './aws-setup-script.ts'
import { rdsCaFile, rdsRegionOf } from './database-place.ts'
import { type InitAnswers, resourceName } from './init-answers.ts'

/** What is left to do, with a command that runs as it is printed. */
export type NextStep = { what: string; command: string }

/** For a shell that is in the folder. */
export function nextSteps(answers: InitAnswers): NextStep[] {
  const { source, database, admin } = answers
  const { host, port } = database
  const rdsRegion = rdsRegionOf(host)
  const verify = rdsRegion === undefined ? '' : `PGSSLMODE=verify-full PGSSLROOTCERT=${rdsCaFile} `
  const name = resourceName(answers)
  const bundle = `https://truststore.pki.rds.amazonaws.com/${rdsRegion}/${rdsRegion}-bundle.pem`
  return [
    {
      what: 'Make the queue, and let the bucket announce its files there. Run it with rights to change both.',
      command: 'sh aws-setup.sh >> aftercall.env',
    },
    {
      what: 'Make the policy for the role or user that workers run as, and attach it there.',
      command: `aws iam create-policy --policy-name ${name} --policy-document file://worker-policy.json`,
    },
    ...(rdsRegion === undefined
      ? []
      : [
          {
            what: 'Fetch the certificate authorities of Amazon RDS.',
            command: `curl --fail --silent --show-error --output ${rdsCaFile} ${bundle}`,
          },
        ]),
    {
      what: 'Make the database and its logins. psql asks for the password of the administrator.',
      command: `${verify}psql -v ON_ERROR_STOP=1 -h ${shellQuote(host)} -p ${port} -U ${admin} -d postgres -f logins.sql`,
    },
    {
      what: 'Take the secrets into this shell.',
      command: 'set -a; . ./aftercall.env; set +a',
    },
    {
      what: 'Make the tables.',
      command: 'DATABASE_USER=aftercall_migrator DATABASE_PASSWORD="$MIGRATOR_PASSWORD" aftercall migrate',
    },
    {
      what: 'Check everything: each line that is not ok says what to do.',
      command: 'aftercall doctor',
    },
    {
      what: 'Load the files that land from now on. It runs until you stop it.',
      command: 'aftercall worker',
    },
    {
      what: 'In another shell, after the same set -a …: see what the files of the past would cost, before you load them.',
      command: `aftercall backfill --source ${source} --dry-run`,
    },
  ]
}

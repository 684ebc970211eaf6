import type { Secrets } from './env-file.ts'
import type { InitAnswers } from './init-answers.ts'
import { scramVerifier } from './scram-verifier.ts'

/** The statements of docs/access.md ("Setting it up"), with what verifies the passwords in place of them. */
export function loginsSql({ database }: InitAnswers, secrets: Secrets): string {
  const name = /^[a-z_][a-z0-9_]*$/.test(database.name) ? database.name : `"${database.name}"`
  return `-- Makes the database, and the roles and logins of Aftercall. Run it once, as the administrator of the server.
-- Passwords are not in this file: it has what the server needs to verify them, and aftercall.env has them.
create role aftercall_owner nologin;
create role aftercall_loader nologin;
create role aftercall_operator nologin;
create role aftercall_actor nologin;
create role aftercall_analyst nologin;
create role aftercall_supervisor nologin;
create role aftercall_cleared nologin;
create role aftercall_publisher nologin;
grant aftercall_owner to current_user;
create database ${name} owner aftercall_owner;
revoke all on database ${name} from public;
grant connect on database ${name} to
  aftercall_loader, aftercall_operator, aftercall_actor, aftercall_analyst, aftercall_supervisor, aftercall_cleared,
  aftercall_publisher;
create role aftercall_migrator login password '${scramVerifier(secrets.MIGRATOR_PASSWORD)}' in role aftercall_owner;
create role aftercall_worker login password '${scramVerifier(secrets.DATABASE_PASSWORD)}' in role aftercall_loader;
alter role aftercall_worker set search_path = pg_catalog;
create role aftercall_console login password '${scramVerifier(secrets.CONSOLE_PASSWORD)}' in role aftercall_operator, aftercall_actor;
alter role aftercall_console set search_path = pg_catalog;
`
}

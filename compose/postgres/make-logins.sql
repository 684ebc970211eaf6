-- The roles and logins of docs/access.md. Runs once, on a new volume, as the administrator in the database aftercall.
create role aftercall_owner nologin;
create role aftercall_loader nologin;
create role aftercall_analyst nologin;
create role aftercall_supervisor nologin;
create role aftercall_cleared nologin;
create role aftercall_operator nologin;
create role aftercall_actor nologin;
create role aftercall_publisher nologin;
alter database aftercall owner to aftercall_owner;
revoke all on database aftercall from public;
grant connect on database aftercall to aftercall_loader, aftercall_analyst, aftercall_supervisor, aftercall_cleared,
  aftercall_operator, aftercall_actor, aftercall_publisher;
create role aftercall_migrator login password 'dev' in role aftercall_owner;
create role aftercall_worker login password 'dev' in role aftercall_loader;
alter role aftercall_worker set search_path = pg_catalog;
create role aftercall_console login password 'dev' in role aftercall_operator, aftercall_actor;
alter role aftercall_console set search_path = pg_catalog;
create role aftercall_cli login password 'dev' in role aftercall_loader, aftercall_cleared;
create role aftercall_lake login password 'dev' in role aftercall_analyst, aftercall_publisher;
alter role aftercall_lake set search_path = pg_catalog;
create role aftercall_boards login password 'dev' in role aftercall_analyst;
alter role aftercall_boards set search_path = analytics;
alter role aftercall_boards set statement_timeout = '30s';
alter role aftercall_boards set enable_partitionwise_join = on;

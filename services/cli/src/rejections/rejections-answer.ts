/** What a subcommand has to say: on stdout what was asked for, on stderr what is wrong with that. */
export type RejectionsAnswer = { out?: string; err?: string }

/** What an operator asks the workers to do: a row of `ingest.action` (ADR 47). */
export type Action = {
  id: string
  kind: ActionKind
  source: string | null
  /** As the function that asked has written them. */
  arguments: unknown
  askedBy: string
  askedLogin: string
  askedAt: Date
  confirmedCount: number | null
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  cancelAskedBy: string | null
  takenBy: string | null
  takeCount: number
  runId: string | null
  /** By outcome, so far or at the end. */
  counts: Record<string, number>
  error: string | null
  startedAt: Date | null
  updatedAt: Date
  endedAt: Date | null
}

export type ActionKind =
  | 'replay'
  | 'ignore'
  | 'reopen'
  | 'backfill'
  | 'pause'
  | 'resume'
  | 'reconcile'
  | 'maintain'

import type { Variable } from './board.ts'

/** Where the values of a variable come from. The queues are those of the chosen sources. */
export const variableQueries: Record<Variable, { label: string; query: string }> = {
  source: { label: 'Source', query: 'select source from analytics.source order by 1' },
  channel: { label: 'Channel', query: "select unnest(array['call', 'chat'])" },
  queue: {
    label: 'Queue',
    query: 'select distinct name from analytics.queue where source in (\u0024{source:sqlstring}) order by 1',
  },
}

-- Agents: How long handlings took. How many handlings took how long: the slots of analytics.percentile, named by where they begin.
select (array[0, 1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200])[slot]::text || ' s' as at_least,
       counted as handlings
from (
  select analytics.sum_histogram(d.handle_histogram) as histogram
  from analytics.agent_daily d
  where d.local_day between {{from}} and {{to}}
    [[and d.source = {{source}}]] [[and d.channel = {{channel}}]]
) own, unnest(own.histogram) with ordinality as part (counted, slot)
order by slot

-- By key, which names nobody. A login of aftercall_supervisor finds the names in people.agent.
select d.source, d.agent_key::text as agent,
       sum(d.interactions)::bigint as interactions,
       sum(d.handle_sum)::float8 / nullif(sum(d.handle_times), 0) as aht,
       analytics.percentile(analytics.sum_histogram(d.handle_histogram), 0.9)::float8 as handle_p90,
       sum(d.with_hold)::float8 / nullif(sum(d.interactions), 0) as hold_rate,
       sum(d.transfers_out)::bigint as transfers_out,
       sum(d.rating_last_sum)::float8 / nullif(sum(d.rated_last), 0) as csat
from analytics.agent_daily d
where d.local_day between $__timeFrom()::date and $__timeTo()::date
  and d.source in (${source:sqlstring}) and d.channel in (${channel:sqlstring})
group by 1, 2
order by 3 desc, 1, 2
limit 100

-- One row for each virtual agent.
select d.source, coalesce(v.name, d.virtual_agent_id::text, 'not known') as virtual_agent,
       sum(d.interactions)::bigint as interactions,
       coalesce(sum(d.interactions) filter (where d.outcome like 'escalated%'), 0)::float8 / nullif(sum(d.interactions), 0)
         as escalated_share,
       sum(d.seconds_sum)::float8 / nullif(sum(d.interaction_times), 0) as average_time,
       sum(d.fallbacks)::float8 / nullif(sum(d.responses), 0) as fallback_rate
from analytics.virtual_agent_daily d
left join analytics.virtual_agent v using (source, virtual_agent_id)
where d.local_day between $__timeFrom()::date and $__timeTo()::date
  and d.source in (${source:sqlstring}) and d.channel in (${channel:sqlstring})
group by 1, 2
order by 3 desc, 1, 2

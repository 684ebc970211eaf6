-- Virtual agents: All virtual agents. All handlings by virtual agents, as one row.
select sum(d.interactions)::bigint as interactions,
       coalesce(sum(d.interactions) filter (where d.outcome like 'escalated%'), 0)::float8 / nullif(sum(d.interactions), 0)
         as escalated_share,
       coalesce(sum(d.interactions) filter (where d.outcome = 'escalated_answered'), 0)::float8
         / nullif(sum(d.interactions) filter (where d.outcome like 'escalated%'), 0) as escalations_answered,
       sum(d.seconds_sum)::float8 / nullif(sum(d.interaction_times), 0) as average_time,
       sum(d.fallbacks)::float8 / nullif(sum(d.responses), 0) as fallback_rate
from analytics.virtual_agent_daily d
where d.local_day between {{from}} and {{to}}
  [[and d.source = {{source}}]] [[and d.channel = {{channel}}]]

-- Quality and customers: How current the counts are. Up to when the counts of the boards are current.
select f.source, f.channel, f.newest_session_created_at, f.rollups_current_to, f.changed_hours_waiting
from analytics.freshness f
where true [[and f.source = {{source}}]] [[and f.channel = {{channel}}]]
order by 1, 2

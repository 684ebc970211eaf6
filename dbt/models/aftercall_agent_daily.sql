select * from {{ source('aftercall', 'agent_daily') }}

select * from {{ source('aftercall', 'escalation') }}

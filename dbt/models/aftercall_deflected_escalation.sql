select * from {{ source('aftercall', 'deflected_escalation') }}

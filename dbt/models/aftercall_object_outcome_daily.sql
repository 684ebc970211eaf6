select * from {{ source('aftercall', 'object_outcome_daily') }}

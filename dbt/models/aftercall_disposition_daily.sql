select * from {{ source('aftercall', 'disposition_daily') }}

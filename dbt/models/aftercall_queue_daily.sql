select * from {{ source('aftercall', 'queue_daily') }}

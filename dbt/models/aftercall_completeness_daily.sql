select * from {{ source('aftercall', 'completeness_daily') }}

select * from {{ source('aftercall', 'restatement_daily') }}

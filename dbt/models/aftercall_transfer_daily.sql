select * from {{ source('aftercall', 'transfer_daily') }}

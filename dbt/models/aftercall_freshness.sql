select * from {{ source('aftercall', 'freshness') }}

select * from {{ source('aftercall', 'offer') }}

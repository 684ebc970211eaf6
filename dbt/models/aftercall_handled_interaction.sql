select * from {{ source('aftercall', 'handled_interaction') }}

select * from {{ source('aftercall', 'menu_stay') }}

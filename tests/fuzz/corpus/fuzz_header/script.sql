-- a comment
-- ormdb revision: 4f1c2a9be07d
-- ormdb down_revision: null
-- ormdb depends_on: [a, b]
-- ormdb message: 'add slug'
-- ormdb transaction: false
-- ormdb upgrade
SELECT 1;

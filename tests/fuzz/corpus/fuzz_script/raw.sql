-- a comment before
-- ormdb revision: ab12
-- ormdb down_revision: [a1, b2]
-- ormdb message: it's
-- ormdb transaction: false
-- ormdb upgrade
VACUUM;
-- ormdb downgrade
SELECT ';';

-- Types, defaults, collations, generated columns, storage.
CREATE COLLATION german (provider = icu, locale = 'de-u-co-phonebk', deterministic = false);
CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy');
CREATE TABLE item (
  a integer NOT NULL DEFAULT -5, b bigint DEFAULT 3000000000, c numeric(10,2) DEFAULT 1.50,
  d varchar(20) DEFAULT 'it''s', e text DEFAULT E'back\\slash', f varchar DEFAULT 'x'::text,
  g boolean NOT NULL DEFAULT true, h timestamptz DEFAULT now(), i mood DEFAULT 'sad',
  j mood[] DEFAULT '{}', k char(3) DEFAULT 'abc', l varchar(9) DEFAULT NULL::varchar,
  m integer DEFAULT (1 + 2), n text COLLATE "C", o text COLLATE german, p timestamp(3),
  q integer GENERATED ALWAYS AS (a * 2) STORED, r jsonb, s uuid[], t bytea, u smallint,
  v interval DEFAULT '1 day', w numeric DEFAULT '5'::numeric, x time, y inet, z bigint DEFAULT '-1'::bigint);
ALTER TABLE item ALTER e SET STORAGE EXTERNAL, ALTER a SET STATISTICS 500, ALTER r SET COMPRESSION pglz;
COMMENT ON COLUMN item.g IS 'flag';
COMMENT ON TABLE item IS 'things';
COMMENT ON TYPE mood IS 'how';

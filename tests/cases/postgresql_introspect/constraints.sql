-- Keys, checks, exclusions and their settings.
CREATE EXTENSION btree_gist;
CREATE SCHEMA app;
CREATE TABLE app.parent (x integer, y integer, z integer, PRIMARY KEY (x, y) INCLUDE (z) WITH (fillfactor=70));
CREATE TABLE child (id integer CONSTRAINT child_pk PRIMARY KEY,
  a integer, b integer, "Odd Name" integer, r int4range,
  CONSTRAINT child_uq UNIQUE NULLS NOT DISTINCT (a, b) INCLUDE ("Odd Name"),
  CONSTRAINT child_uq2 UNIQUE (b) DEFERRABLE,
  CONSTRAINT child_fk FOREIGN KEY (a, b) REFERENCES app.parent (x, y) MATCH FULL ON UPDATE CASCADE ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT child_self FOREIGN KEY (a) REFERENCES child ON DELETE SET NULL (a),
  CONSTRAINT child_ck CHECK ((a > 0) AND (b > 0 OR b IS NULL)) NO INHERIT,
  CONSTRAINT child_ex EXCLUDE USING gist (a WITH =, r WITH &&) INCLUDE (id) WHERE (a > 0) DEFERRABLE,
  CONSTRAINT child_ex2 EXCLUDE USING btree ((a + b) WITH =));
ALTER TABLE child ADD CONSTRAINT child_late FOREIGN KEY (b) REFERENCES child (id) NOT VALID,
  ADD CONSTRAINT child_late_ck CHECK (id <> 7) NOT VALID;
COMMENT ON CONSTRAINT child_ck ON child IS 'both';
CREATE TABLE late (id integer PRIMARY KEY DEFERRABLE INITIALLY DEFERRED);

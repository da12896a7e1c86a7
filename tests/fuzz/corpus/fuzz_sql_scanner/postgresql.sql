CREATE FUNCTION f() RETURNS int AS $body$ BEGIN RETURN 1; END; $body$ LANGUAGE plpgsql;
SELECT E'a\'b', U&'\0041', $$x;y$$, a::text /* outer /* nested */ */ FROM t WHERE x @> '{}' -> 'k';

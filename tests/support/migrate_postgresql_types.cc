#include "support/migrate_postgresql_types.h"

namespace ormdb::test {
namespace {

Literal sql(const char* text) { return Literal::expression(text); }
Literal string(const char* text) { return Literal::string(text); }
Literal number(const char* digits) { return Literal::number(digits); }

const std::vector<const char*> kNumberChecks = {"$ > 0", "$ IN (1, 2, 3)",
                                                "$ BETWEEN 0 AND 1000 OR $ IS NULL",
                                                "NOT ($ = ANY (ARRAY[77, 88]))"};
const std::vector<const char*> kTextChecks = {"$ <> ''",
                                              "$ IN ('1', '2', '3')",
                                              "length($) < 15 AND ($ ~ '^[0-9]*$' OR $ LIKE 'x%')",
                                              "lower($) = lower(trim($))",
                                              "CASE WHEN $ IS NULL THEN true ELSE $ <> 'no' END"};
const std::vector<const char*> kNumbers = {"1", "2", "3"};
const std::vector<const char*> kTexts = {"'1'", "'2'", "'3'"};
const std::vector<Literal> kNumberDefaults = {number("0"), sql("1 + 2"), sql("abs(-5)"),
                                              string("7")};
const std::vector<Literal> kTextDefaults = {string("it's"), string(""), sql("upper('a')"),
                                            sql("'x'::text")};

const std::vector<TypeSample> kSamples = {
    {"integer", "", true, "hash", "", kNumberDefaults, kNumberChecks, "$ * 2", kNumbers},
    {"text", "", true, "hash", "text_pattern_ops", kTextDefaults, kTextChecks, "$ || 'x'", kTexts},
    {"string(20)", "", true, "", "varchar_pattern_ops", kTextDefaults, kTextChecks,
     "upper($)", kTexts},
    {"string(80)", "", true, "", "", kTextDefaults, kTextChecks, "$ || 'x'", kTexts},
    {"big_integer", "", true, "brin", "", kNumberDefaults, kNumberChecks, "$ + 1", kNumbers},
    {"small_integer", "", true, "", "", kNumberDefaults, kNumberChecks, "", kNumbers},
    {"numeric(10,2)", "", true, "", "", {number("0"), number("1.50"), sql("-1")}, kNumberChecks,
     "$ * 2", kNumbers},
    {"double", "", true, "", "", {number("0"), number("1.5")}, {"$ > 0"}, "$ * 2", kNumbers},
    {"boolean", "", true, "", "", {Literal::boolean(true), sql("NOT false"), number("1")},
     {"$ OR NOT $", "$ IS NOT NULL OR 1 = 1"}, "NOT $", {"true", "false", "true"}},
    {"datetime(tz)", "", true, "brin", "",
     {sql("CURRENT_TIMESTAMP"), sql("now()"), sql("now() + interval '1 day'")},
     {"$ > '2000-01-01'"}, "", {"'2020-01-01'", "'2020-01-02'", "'2020-01-03'"}},
    {"datetime", "", true, "", "", {sql("CURRENT_TIMESTAMP"), string("2020-01-01")},
     {"$ > '2000-01-01'", "extract(year from $) > 1990"}, "",
     {"'2020-01-01'", "'2020-01-02'", "'2020-01-03'"}},
    {"date", "", true, "", "", {sql("CURRENT_DATE"), string("2020-01-01")}, {"$ > '2000-01-01'"},
     "", {"'2020-01-01'", "'2020-01-02'", "'2020-01-03'"}},
    {"time", "", true, "", "", {sql("LOCALTIME"), string("10:00")}, {"$ > '00:00'"}, "",
     {"'10:01'", "'10:02'", "'10:03'"}},
    {"interval", "", true, "", "", {string("2 days"), sql("interval '1 hour'")},
     {"$ > '1 second'"}, "", {"'1 day'", "'2 days'", "'3 days'"}},
    {"jsonb", "", true, "gin", "", {string("{}"), sql("'[]'::jsonb")},
     {"jsonb_typeof($) <> 'null'"}, "", {"'1'", "'{\"a\": 2}'", "'[3]'"}},
    {"json", "", false, "", "", {string("{}")}, {"json_typeof($) <> 'null'"}, "",
     {"'1'", "'{\"a\": 2}'", "'[3]'"}},
    {"uuid", "", true, "", "", {sql("gen_random_uuid()")}, {}, "",
     {"'00000000-0000-0000-0000-000000000001'", "'00000000-0000-0000-0000-000000000002'",
      "'00000000-0000-0000-0000-000000000003'"}},
    {"large_binary", "", true, "", "", {Literal::binary(std::string("\0\xff", 2))},
     {"length($) < 100"}, "", {"'\\x01'", "'\\x02'", "'\\x03'"}},
    {"array(text)", "", true, "gin", "", {sql("'{}'"), sql("ARRAY['a', 'b']")},
     {"cardinality($) < 5", "NOT ($ @> ARRAY['bad'])"}, "", {"'{1}'", "'{2,\"a b\"}'", "'{}'"}},
    {"array(integer)", "", true, "gin", "", {string("{}")}, {"cardinality($) < 5"}, "",
     {"'{1}'", "'{2}'", "'{3}'"}},
    {"mood", "mood", true, "hash", "", {string("ok"), sql("'sad'")},
     {"$ <> 'sad'", "$ IN ('ok', 'sad')"}, "", {"'ok'", "'sad'", "'ok'"}},
    {"native:price", "price", true, "", "", {number("1")}, {"$ < 1000"}, "", kNumbers},
    {"native:pair", "pair", true, "", "", {}, {}, "", {"'(1,ok)'", "'(2,sad)'", "'(3,ok)'"}},
    {"native:word", "word", true, "", "", {string("ok")}, {"$::text <> 'sad'"}, "",
     {"'ok'", "'sad'", "'ok'"}},
    {"native:int4", "", true, "", "", kNumberDefaults, kNumberChecks, "$ * 2", kNumbers},
    {"native:varchar(30)", "", true, "", "", kTextDefaults, kTextChecks, "lower($)", kTexts},
    {"native:char(8)", "", true, "", "bpchar_pattern_ops", {string("a")}, {"$ <> 'no'"}, "",
     kTexts},
    {"native:TIMESTAMP(3) WITHOUT TIME ZONE", "", true, "", "", {sql("LOCALTIMESTAMP")},
     {"$ > '2000-01-01'"}, "", {"'2020-01-01'", "'2020-01-02'", "'2020-01-03'"}},
    {"native:bit varying(8)", "", true, "", "", {sql("B'101'")}, {}, "",
     {"B'1'", "B'10'", "B'11'"}},
    {"native:inet", "", true, "", "", {string("127.0.0.1")}, {"family($) = 4"}, "",
     {"'10.0.0.1'", "'10.0.0.2'", "'10.0.0.3'"}},
    {"native:int4range", "", true, "gist", "", {sql("int4range(1, 5)")}, {"NOT isempty($)"}, "",
     {"'[1,2)'", "'[3,4)'", "'[5,6)'"}},
    {"native:tsvector", "", true, "gin", "", {}, {}, "", {"'a'", "'b'", "'c'"}},
    {"native:point", "", false, "gist", "", {string("(0,0)")}, {}, "",
     {"'(1,1)'", "'(2,2)'", "'(3,3)'"}},
};

}  // namespace

const std::vector<TypeSample>& type_samples() { return kSamples; }

}  // namespace ormdb::test

// The SQL of views, materialized views and triggers.
#pragma once

#include <string>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// CREATE VIEW, then indexes and comments.
std::vector<std::string> create_view_sql(const View& view, const Schema& schema);
std::string drop_view_sql(const View& view);

/// The statements for a change that leaves query, columns and kind as they are; whether it does is
/// can_alter_view's to say.
bool can_alter_view(const View& from, const View& to);
std::vector<std::string> alter_view_sql(const View& from, const View& to, const Schema& schema);

/// CREATE TRIGGER, whether it is enabled, its comment. Throws kUnsupported for a trigger with a
/// body instead of a function.
std::vector<std::string> create_trigger_sql(const Trigger& trigger, const Schema& schema);
std::string drop_trigger_sql(const Trigger& trigger, const Schema& schema);

/// "ENABLE REPLICA", "DISABLE" … for triggers, rules and event triggers; "" is "ENABLE".
std::string enabled_words(const std::string& enabled);

}  // namespace ormdb::postgresql

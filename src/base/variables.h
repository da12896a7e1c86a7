// Variables in ormdb.yaml, ${NAME} and ${NAME:-default}, and the .env file beside it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ormdb {

using Variables = std::map<std::string, std::string>;
/// The value of a name, or nothing when it is unset.
using VariableLookup = std::function<std::optional<std::string>(const std::string& name)>;
/// What stands for a name that is unset and has no default; may throw.
using UnsetVariable = std::function<std::string(const std::string& name)>;

/// `text` with ${NAME} and ${NAME:-default} replaced; the default serves for an unset and for an
/// empty variable, as in a shell, and may hold variables itself. $$ is a $; a $ before anything
/// else is just that. Values are not expanded again. Throws Error{kConfig} for a ${ that is not
/// closed or holds no name; it never quotes the text.
std::string expand_variables(std::string_view text, const VariableLookup& lookup,
                             const UnsetVariable& unset);

/// A variable of the environment; nothing when it is unset.
std::optional<std::string> environment_variable(const std::string& name);

/// The text of a .env file: KEY=VALUE lines, with or without `export`, # comments, 'literal'
/// values, "values" with \n \t \" \\ \$ and over several lines. In plain and double-quoted values
/// ${NAME} is expanded from the environment and the lines before; an unset one is empty. Lines of
/// any other form are skipped: the file belongs to the application too.
Variables parse_dotenv(std::string_view text);

}  // namespace ormdb
